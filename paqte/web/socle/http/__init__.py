"""What goes over the wire: the weight of requests, the headers of answers, files of the theme, keys in addresses."""
