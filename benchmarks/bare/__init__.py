"""The least a Django view can do: constant bytes, and one row kept. Served by the same program as the site."""
