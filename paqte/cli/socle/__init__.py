"""What commands stand on: the application, options, ends, processes; it knows no command."""
