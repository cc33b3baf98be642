"""The site on a copy of the database with few inquiries, so that both sizes are visited in turns."""

DATABASE = "clinic_few"
