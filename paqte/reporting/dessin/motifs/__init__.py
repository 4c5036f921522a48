"""What drawn workbooks share: their look, their paper, their blocks, their tables, their charts."""
