<!doctype html>
<title>Sign in</title>
