package evm

import (
	"fmt"
	"strings"
	"testing"
)

func refReceipts(b []byte) (string, bool) {
	all, ok := refArray(b)
	if !ok {
		return "", false
	}
	var out strings.Builder
	for _, raw := range all {
		r, ok := refReceipt(raw)
		if !ok {
			return "", false
		}
		fmt.Fprintln(&out, r)
	}
	return out.String(), true
}

func gotReceipts(b []byte) (string, bool) {
	list, err := scanReceipts(b)
	if err != nil {
		return "", false
	}
	var out strings.Builder
	for _, r := range list {
		text, ok := receiptWords(r)
		if !ok {
			return "", false
		}
		fmt.Fprintln(&out, text)
	}
	return out.String(), true
}

// FuzzReceipts reads the answer of eth_getBlockReceipts, whose receipts share the
// memory of what was read before: none may inherit a field of its neighbour.
func FuzzReceipts(f *testing.F) {
	plain := strings.Replace(sampleReceipt, sampleReceiptGas, "", 1)
	failed := `{"status":"0x0","logs":[],"blockHash":` + hex32("d2") + `,"transactionHash":` + hex32("a2") + `}`
	seeds(f, "["+sampleReceipt+"]",
		"["+sampleReceipt+","+sampleReceipt+"]",
		"["+sampleReceipt+","+plain+","+failed+"]",
		"["+failed+","+sampleReceipt+"]")
	for _, spoilt := range []string{
		"[" + sampleReceipt + ",null]", "[" + sampleReceipt + ",{}]", "[" + sampleReceipt + ",]", "[" + sampleReceipt + sampleReceipt + "]", sampleReceipt,
		"[" + sampleReceipt + "," + strings.Replace(sampleReceipt, `"transactionHash"`, `"x"`, 1) + "]",
		"[" + sampleReceipt + "," + strings.Replace(sampleReceipt, `"blockHash"`, `"x"`, 1) + "]",
		"[" + sampleReceipt + "," + strings.Replace(sampleReceipt, `"status"`, `"x"`, 1) + "]",
		"[" + sampleReceipt + "," + strings.Replace(sampleReceipt, `"logs"`, `"x"`, 1) + "]",
		"[" + sampleReceipt + "," + strings.Replace(sampleReceipt, hex32("a1"), `"0xa1"`, 1) + "]",
		"[" + sampleReceipt + "," + strings.Replace(sampleReceipt, hex32("d1"), `null`, 1) + "]",
	} {
		f.Add([]byte(spoilt))
	}
	f.Fuzz(func(t *testing.T, b []byte) { agree(t, b, refReceipts, gotReceipts) })
}
