"""A progress bar on a panel, with the stylesheet of the screens, for browser tests and for looking at."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from widgets.theme import apply_style

apply_style()
with st.container(key="panel-progress"):
    st.progress(0.3, "…")
