"""The pages anyone may read.

In reading order: models/, starter/ and loader, rendering (with blocks, markup and pictures/), urls, views (with
navigation, structured and sharing), machines, shelf and middleware (with codings). How a text becomes public: services,
standing, reviews, differences, admin/. What is wrong with one: checking.
"""
