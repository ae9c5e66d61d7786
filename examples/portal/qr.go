package main

import (
	"html/template"
	"image/color"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quietZone is the light margin around a QR code, in modules (ISO/IEC 18004).
const quietZone = 4

// qrCode is what the template needs to draw a QR code as SVG.
type qrCode struct {
	Side int               // with the quiet zone, in modules
	Path template.HTMLAttr // d="…"; digits and path letters only
}

// newQR encodes text with error correction level M. Neighbouring dark modules of
// a row are one stroke, so that no hairlines show between them.
func newQR(text string) (qrCode, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return qrCode{}, err
	}
	side := code.Bounds().Dx()
	dark := func(x, y int) bool { return x < side && code.At(x, y) == color.Black }
	var d strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			from := x
			for dark(x, y) {
				x++
			}
			if x > from {
				n := strconv.Itoa(x - from)
				d.WriteString("M" + strconv.Itoa(from+quietZone) + " " + strconv.Itoa(y+quietZone) + "h" + n + "v1h-" + n + "z")
			}
		}
	}
	return qrCode{Side: side + 2*quietZone, Path: template.HTMLAttr(`d="` + d.String() + `"`)}, nil
}
