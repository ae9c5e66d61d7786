package evm

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// spelling draws how a JSON object is written: which fields, in what order, some
// twice, with white space and escapes, and values right and wrong. Objects of one
// array share most of it, as those of one node do.
func spelling(t *rapid.T, fields map[string][]string, names []string) string {
	order := rapid.Permutation(names).Draw(t, "order")
	if rapid.Bool().Draw(t, "usual order") {
		order = names
	}
	var out []string
	for _, name := range order {
		times := 1
		switch n := rapid.IntRange(0, 39).Draw(t, "times"); {
		case n == 0:
			times = 0
		case n > 32:
			times = 2
		}
		for range times {
			key := name
			if rapid.IntRange(0, 20).Draw(t, "escaped") == 0 {
				key = fmt.Sprintf(`\u%04x%s`, name[0], name[1:])
			}
			space := rapid.SampledFrom([]string{"", "", "", " ", "\n\t"}).Draw(t, "space")
			out = append(out, space+`"`+key+`"`+space+":"+space+rapid.SampledFrom(fields[name]).Draw(t, "value")+space)
		}
	}
	return "{" + strings.Join(out, ",") + "}"
}

// sometimes repeats the good values, so that most objects can be read.
func sometimes(good []string, others ...string) []string {
	var out []string
	for range 60 {
		out = append(out, good...)
	}
	return append(append(out, others...), "null", "7", `"0x"`, `"0xzz"`, `[]`, `"\u0030x1"`, `"0x1\"`+`"`)
}

var (
	wrongHash   = hex32("a3")[:66] + `z"`
	someHashes  = sometimes([]string{hex32("a1"), hex32("a2")}, wrongHash, wrongHash, wrongHash, hex32("a1")[:20]+`"`, `"\u0030`+hex32("a1")[2:])
	someNumbers = sometimes([]string{`"0x1"`, `"0x10"`, `"0xff"`}, `"0x00000000000000000001"`, `"0x1ffffffffffffffff"`, `"0xFFFFFFFFFFFFFFFF"`)
	someOwners  = sometimes([]string{`"0x` + strings.Repeat("b1", 20) + `"`, `"0x` + strings.Repeat("B2", 20) + `"`})
	someTopics  = sometimes([]string{
		"[" + hex32("c1") + "]", "[" + hex32("c1") + "," + hex32("c2") + "," + hex32("c3") + "]", "[" + hex32("c4") + "," + hex32("c2") + "]", "[]",
	}, "["+wrongHash+"]", "["+wrongHash+"]", "["+wrongHash+"]", "["+hex32("c1")+" , "+hex32("c2")+"]", "["+hex32("c1")+",]", "["+hex32("c1")+","+hex32("c1")+","+hex32("c1")+","+hex32("c1")+","+hex32("c1")+"]", "["+hex32("c1")+hex32("c1")+"]")
	someData = sometimes([]string{`"0x"`, `"0x0102"`, `"0x` + strings.Repeat("0a", 70) + `"`}, `"0x123"`, `"0x12\u0033"`, `"0x1\u0032"`)

	logFields = map[string][]string{
		"address": someOwners, "topics": someTopics, "data": someData, "blockNumber": someNumbers, "blockHash": someHashes,
		"transactionHash": someHashes, "transactionIndex": someNumbers, "logIndex": someNumbers,
		"removed": sometimes([]string{"false", "true"}), "more": sometimes([]string{`"x"`, `"xy"`, "1", "12", `{"a":[]}`, `"\n"`}, `"\q"`),
	}
	logNames = []string{"address", "topics", "data", "blockNumber", "blockHash", "more", "transactionHash", "transactionIndex", "logIndex", "removed"}
)

func someLogs(t *rapid.T) string {
	all := make([]string, rapid.IntRange(0, 4).Draw(t, "logs"))
	for i := range all {
		all[i] = spelling(t, logFields, logNames)
	}
	return "[" + strings.Join(all, ",") + "]"
}

// What was read of one object of an array is never taken for another's.
func TestWhatIsRememberedOfALayoutChangesNothing(t *testing.T) {
	read := 0
	same := func(t *rapid.T, text string, ref, got func([]byte) (string, bool)) {
		want, valid := ref([]byte(text))
		have, ok := got([]byte(text))
		if valid {
			read++
		}
		if ok != valid || valid && have != want {
			t.Fatalf("read %t\n%s, encoding/json %t\n%s:\n%s", ok, have, valid, want, text)
		}
	}
	t.Run("logs", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			text := someLogs(t)
			same(t, text, refLogs, gotLogs)
			_ = scanLogs([]byte(text), func(e *event) error {
				for _, h := range e.topics[e.topicCount:] {
					require.True(t, h.IsZero(), "a topic of another log")
				}
				return nil
			})
		})
	})
	t.Run("receipt", func(t *testing.T) {
		names := []string{"status", "transactionHash", "logs", "blockHash", "gasUsed", "more"}
		rapid.Check(t, func(t *rapid.T) {
			fields := map[string][]string{
				"status": sometimes([]string{`"0x1"`, `"0x0"`}), "transactionHash": someHashes, "blockHash": someHashes, "gasUsed": someNumbers,
				"logs": {someLogs(t), someLogs(t), "[]"}, "more": logFields["more"],
			}
			same(t, spelling(t, fields, names), refReceipt, gotReceipt)
		})
	})
	t.Run("transactions", func(t *testing.T) {
		names := []string{"more", "hash", "from", "to", "value", "nonce", "input"}
		fields := map[string][]string{
			"more": logFields["more"], "hash": someHashes, "from": someOwners, "to": someOwners, "value": someNumbers, "nonce": someNumbers,
			"input": someData,
		}
		rapid.Check(t, func(t *rapid.T) {
			list := func() string {
				all := make([]string, rapid.IntRange(0, 4).Draw(t, "transactions"))
				for i := range all {
					all[i] = spelling(t, fields, names)
				}
				return "[" + strings.Join(all, ",") + "]"
			}
			text := strings.Replace(sampleBlock, `"transactions":[`, `"transactions":`+list()+`,"transactions":`+list()+`,"was":[`, 1)
			same(t, text, refBlock, gotBlock)
		})
	})
	require.Positive(t, read, "nothing that could be read was drawn")
}

// The last of several fields of one name counts, as with encoding/json, also when
// one before it spoilt what was remembered.
func TestAFieldWrittenTwiceCountsAsItsLast(t *testing.T) {
	twice := func(object, name, first string) string {
		require.Contains(t, object, `"`+name+`":`)
		return strings.Replace(object, `"`+name+`":`, `"`+name+`":`+first+`,"`+name+`":`, 1)
	}
	for name, first := range map[string]string{
		"address": `"0x` + strings.Repeat("b1", 19) + `zz"`, "topics": "[" + hex32("c9") + "," + wrongHash + "]", "data": `"0xzz"`,
		"blockNumber": `"0x1z"`, "blockHash": wrongHash, "transactionHash": wrongHash, "transactionIndex": `"0xz"`, "logIndex": `"0xz"`,
	} {
		text := []byte("[" + sampleLog + "," + twice(sampleLog, name, first) + "," + sampleLog + "]")
		want, valid := refLogs(text)
		require.True(t, valid, name)
		got, ok := gotLogs(text)
		require.True(t, ok, name)
		require.Equal(t, want, got, name)
	}
	for name, first := range map[string]string{"transactionHash": wrongHash, "blockHash": wrongHash, "logs": "[{}]"} {
		text := "[" + sampleReceipt + "," + twice(sampleReceipt, name, first) + "]"
		list, err := scanReceipts([]byte(text))
		require.NoError(t, err, name)
		require.Len(t, list, 2)
		require.Equal(t, list[0], list[1], name)
	}
}
