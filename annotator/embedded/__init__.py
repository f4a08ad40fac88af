"""One-command start: Redis, web server and worker under one supervisor."""
