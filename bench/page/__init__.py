"""The notebook page in a real browser, beside JupyterLab with the same files: how soon, how smooth, how large."""
