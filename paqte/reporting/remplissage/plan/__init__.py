"""What is written and where, before a part is touched: the kind of workbook, its values, the rows' new places."""
