#!/bin/sh
# Prints the CPU of the server's host as it is measured.
# sh examples/plain.sh [ws://127.0.0.1:8080]   (with websocat)
exec websocat "${1:-ws://127.0.0.1:8080}/ws?metrics=cpu"
