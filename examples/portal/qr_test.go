package main

import (
	"fmt"
	"regexp"
	"strconv"
)

var stroke = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`)

// raster draws a QR code's SVG path as a PGM image, eight pixels a module.
func raster(code qrCode) []byte {
	const scale = 8
	side := code.Side * scale
	pixels := make([]byte, side*side)
	for i := range pixels {
		pixels[i] = 255
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n * scale } // digits, by the expression
	for _, m := range stroke.FindAllStringSubmatch(string(code.Path), -1) {
		x, y, n := number(m[1]), number(m[2]), number(m[3])
		for row := y; row < y+scale; row++ {
			for col := x; col < x+n; col++ {
				pixels[row*side+col] = 0
			}
		}
	}
	return append(fmt.Appendf(nil, "P5 %d %d 255\n", side, side), pixels...)
}
