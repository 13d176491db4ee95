"""For authors and instructors: new exercises, notebooks, validation, releases."""
