"""What goes out of a form: CSV, XLSX, GeoJSON, a zip with repeats, files, and an OData feed. Any size in constant memory."""
