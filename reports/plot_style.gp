# SPDX-License-Identifier: Apache-2.0
# Shared by every plot. A colour here is the name of a role in disguise: svg.cc turns each into a variable of the page's
# style, and refuses a colour that it does not know.
black = "black"; blue = "#0072B2"; orange = "#E69F00"; purple = "#CC79A7"; verm = "#D55E00"; quiet = "#999999"; rule = "#DDDDDD"
muted = "#777777"; vermtext = "#B84A01"; orangetext = "#8A5A00"
set style line 1 lc rgb blue  lw 2.2 dt 1      # measured
set style line 2 lc rgb blue  lw 1.6 dt (6,3)  # measured, the second of its kind
set style line 3 lc rgb verm  lw 1.4 dt (2,3)  # limit
set style line 4 lc rgb quiet lw 1.2 dt (2,2)  # the largest of each stretch
set border 1 lc rgb quiet lw 0.8
set tics nomirror scale 0.5,0 textcolor rgb muted
set ytics scale 0
set grid ytics lt 1 lc rgb rule lw 0.8, lt 1 lc rgb rule lw 0.8
unset key
set encoding utf8
