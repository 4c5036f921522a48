"""What is done without anybody: tasks and runs, due dates; and what an operator asks of an installation."""
