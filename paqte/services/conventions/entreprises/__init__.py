"""Companies as the State's register tells of them: asked one by one, read from an extract, looked at by night."""
