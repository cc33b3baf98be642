"""The admin as Django makes it of the same table, in a few lines that many projects have: what our desk is beside."""
