#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the images for the other boards. This is a script of its own so that two of them can run side by side.
exec sh tests/device/firmware/run.sh mps2-an385 virt
