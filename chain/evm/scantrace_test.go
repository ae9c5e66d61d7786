package evm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

// The reference readers of traces build the whole tree first, recursively, and
// walk it afterwards.

func refWithdrawals(b []byte) (string, bool) {
	list, ok := refArray(b)
	if !ok {
		return "", false
	}
	out := ""
	for _, raw := range list {
		m, ok := refObject(raw)
		index, ok1 := refNumber(m["index"], 64)
		to, ok2 := refFixed(m["address"], 20)
		amount, ok3 := refNumber(m["amount"], 64)
		if !ok || !ok1 || !ok2 || !ok3 {
			return "", false
		}
		out += fmt.Sprintf("%s %x %s\n", index, to, amount)
	}
	return out, true
}

func gotWithdrawals(b []byte) (string, bool) {
	out := ""
	err := scanWithdrawals(b, func(w *withdrawal) error {
		out += fmt.Sprintf("%d %x %d\n", w.index, w.to, w.gwei)
		return nil
	})
	return out, err == nil
}

// refOnly returns the one value of a key that begins with c; all others must be
// null.
func refOnly(b []byte, name string, c byte) (only json.RawMessage, ok bool) {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return nil, false
	}
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil, false
		}
		var v json.RawMessage
		if d.Decode(&v) != nil {
			return nil, false
		}
		if k != name || string(v) == "null" {
			continue
		}
		if only != nil || v[0] != c {
			return nil, false
		}
		only = v
	}
	return only, true
}

func refText(v json.RawMessage) (string, bool) {
	var s string
	return s, len(v) > 0 && v[0] == '"' && json.Unmarshal(v, &s) == nil
}

// refSays reads an error field.
func refSays(v json.RawMessage) (failed, ok bool) {
	if refNull(v) {
		return false, true
	}
	s, ok := refText(v)
	return s != "", ok
}

func refMove(from, to, value json.RawMessage, root bool) (string, bool) {
	v, ok := refNumber(value, 256)
	if digits, _ := refDigits(value); !ok || len(digits) > 64 {
		return "", false
	}
	if !root && v.Sign() == 0 {
		return "", true
	}
	f, ok1 := refFixed(from, 20)
	t, ok2 := refFixed(to, 20)
	if !ok1 || !ok2 {
		return "", false
	}
	if !root && f == t {
		return "", true
	}
	return fmt.Sprintf("%x %x %s\n", f, t, v), true
}

func refFrame(b []byte, root bool) (own, below string, failed, ok bool) {
	m, ok := refObject(b)
	if !ok {
		return "", "", false, false
	}
	list, ok := refOnly(b, "calls", '[')
	if !ok {
		return "", "", false, false
	}
	if list != nil {
		calls, ok := refArray(list)
		if !ok {
			return "", "", false, false
		}
		for _, c := range calls {
			own, more, failed, ok := refFrame(c, false)
			if !ok {
				return "", "", false, false
			}
			if !failed {
				below += own + more
			}
		}
	}
	kind, isText := refText(m["type"])
	failed, ok = refSays(m["error"])
	if !isText || !ok || failed {
		return "", "", failed, isText && ok
	}
	switch kind {
	case "CALL", "CREATE", "CREATE2", "SELFDESTRUCT":
		own, ok = refMove(m["from"], m["to"], m["value"], root)
	case "DELEGATECALL", "CALLCODE", "STATICCALL":
		ok = !root
	default:
		ok = false
	}
	return own, below, false, ok
}

func refCalls(b []byte) (string, bool) {
	list, ok := refArray(b)
	if !ok {
		return "", false
	}
	out := ""
	for _, raw := range list {
		m, ok := refObject(raw)
		if !ok {
			return "", false
		}
		frame, ok := refOnly(raw, "result", '{')
		if !ok {
			return "", false
		}
		if gaveUp, ok := refSays(m["error"]); !ok || gaveUp {
			return "", false
		}
		own, below, failed, ok := refFrame(frame, true)
		if !ok {
			return "", false
		}
		hash := ""
		if !refNull(m["txHash"]) {
			if hash, ok = refFixed(m["txHash"], 32); !ok {
				return "", false
			}
		}
		out += fmt.Sprintf("%x %t\n%s%s", hash, failed, own, below)
	}
	return out, true
}

func showTraced(t *traced) string {
	out := fmt.Sprintf("%t\n", t.failed)
	if !t.failed {
		out += fmt.Sprintf("%x %x %s\n", t.root.from, t.root.to, t.root.amount())
		for i := range t.moves {
			m := &t.moves[i]
			out += fmt.Sprintf("%x %x %s\n", m.from, m.to, m.amount())
		}
	}
	return out
}

func gotCalls(b []byte) (string, bool) {
	out := ""
	err := scanCallTraces(b, func(t *traced, hash *chain.Hash) error {
		id := []byte{}
		if hash != nil {
			id = hash[:]
		}
		out += fmt.Sprintf("%x %s", id, showTraced(t))
		return nil
	})
	return out, err == nil
}

type refEntry struct {
	place  int
	path   []int
	failed bool
	moves  string // empty: none
}

func refPath(v json.RawMessage) (path []int, ok bool) {
	list, ok := refArray(v)
	if !ok {
		return nil, false
	}
	for _, n := range list {
		i, ok := refCount(n)
		if !ok {
			return nil, false
		}
		path = append(path, i)
	}
	return path, true
}

func refCount(v json.RawMessage) (int, bool) {
	if strings.Trim(string(v), "0123456789") != "" || len(v) == 0 || len(v) > 9 {
		return 0, false
	}
	n, err := strconv.Atoi(string(v))
	return n, err == nil
}

func refFlat(b []byte) (string, bool) {
	list, ok := refArray(b)
	if !ok {
		return "", false
	}
	out := ""
	var entries []refEntry
	for _, raw := range list {
		m, ok := refObject(raw)
		if !ok {
			return "", false
		}
		if keys, err := refKeys(raw); err != nil || keys["action"] > 1 || keys["result"] > 1 {
			return "", false
		}
		result := map[string]json.RawMessage{}
		if !refNull(m["result"]) {
			if result, ok = refObject(m["result"]); !ok {
				return "", false
			}
		}
		var action map[string]json.RawMessage
		if v, there := m["action"]; there {
			if action, ok = refObject(v); !ok {
				return "", false
			}
		}
		kind, ok := refText(m["type"])
		if !ok {
			return "", false
		}
		if kind == "reward" {
			continue
		}
		block, ok1 := refFixed(m["blockHash"], 32)
		hash, ok2 := refFixed(m["transactionHash"], 32)
		place, ok3 := refCount(m["transactionPosition"])
		path, ok4 := refPath(m["traceAddress"])
		failed, ok5 := refSays(m["error"])
		if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || action == nil {
			return "", false
		}
		out += fmt.Sprintf("%x %x %d\n", block, hash, place)
		e := refEntry{place: place, path: path, failed: failed}
		if !failed {
			root := len(path) == 0
			from, to, value := action["from"], action["to"], action["value"]
			moves := true
			switch kind {
			case "call":
				how, ok := refText(action["callType"])
				switch {
				case ok && how == "call":
				case ok && !root && slices.Contains([]string{"delegatecall", "callcode", "staticcall"}, how):
					moves = false
				default:
					return "", false
				}
			case "create":
				to = result["address"]
			case "suicide", "selfdestruct":
				if root {
					return "", false
				}
				from, to, value = action["address"], action["refundAddress"], action["balance"]
			default:
				return "", false
			}
			if moves {
				if e.moves, ok = refMove(from, to, value, root); !ok {
					return "", false
				}
			}
		}
		if e.failed || e.moves != "" {
			entries = append(entries, e)
		}
	}
	slices.SortStableFunc(entries, func(a, b refEntry) int {
		if a.place != b.place {
			return a.place - b.place
		}
		return slices.Compare(a.path, b.path)
	})
	for i, e := range entries {
		if len(e.path) > 0 && (i == 0 || entries[i-1].place != e.place) {
			return "", false
		}
		if i > 0 && entries[i-1].place == e.place && slices.Equal(entries[i-1].path, e.path) {
			return "", false
		}
		if len(e.path) == 0 {
			out += fmt.Sprintf("%d %t\n", e.place, e.failed)
		}
		dropped := e.failed
		for _, f := range entries {
			if f.failed && f.place == e.place && len(f.path) <= len(e.path) && slices.Equal(f.path, e.path[:len(f.path)]) {
				dropped = true
			}
		}
		if !dropped {
			out += e.moves
		}
	}
	return out, true
}

func refKeys(b []byte) (map[string]int, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	out := map[string]int{}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil, err
		}
		out[k.(string)]++
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func gotFlat(b []byte) (string, bool) {
	entries, out := "", ""
	err := scanFlatTraces(b, func(block, tx *chain.Hash, place uint32) error {
		entries += fmt.Sprintf("%x %x %d\n", block[:], tx[:], place)
		return nil
	}, func(t *traced) error {
		out += fmt.Sprintf("%d %s", t.place, showTraced(t))
		return nil
	})
	return entries + out, err == nil
}

var (
	frameOf = func(kind, value, more string) string {
		return `{"from":"0x` + strings.Repeat("b1", 20) + `","to":"0x` + strings.Repeat("b2", 20) + `","input":"0x"` + more + `,"value":"` + value + `","type":"` + kind + `"}`
	}
	sampleCalls = `[{"txHash":` + hex32("a1") + `,"result":` + frameOf("CALL", "0x1f", `,"calls":[`+
		frameOf("CALL", "0x5", `,"error":"execution reverted","calls":[`+frameOf("CALL", "0x6", "")+`]`)+`,`+
		frameOf("DELEGATECALL", "0x1f", `,"calls":[`+frameOf("SELFDESTRUCT", "0x7", "")+`]`)+`,`+
		frameOf("CREATE2", "0x8", `,"calls":null,"error":null`)+`,`+frameOf("CALL", "0x0", "")+`]`) + `},` +
		`{"txHash":null,"result":` + frameOf("CREATE", "0x0", `,"error":"out of gas"`) + `,"error":null}]`

	entryOf = func(kind, path, action, more string) string {
		return `{"action":{"from":"0x` + strings.Repeat("b1", 20) + `",` + action + `},"blockHash":` + hex32("d1") + `,"blockNumber":16,"subtraces":0,"traceAddress":[` + path +
			`],"transactionHash":` + hex32("a1") + `,"transactionPosition":0,"type":"` + kind + `"` + more + `}`
	}
	toB2       = `"to":"0x` + strings.Repeat("b2", 20) + `"`
	sampleFlat = `[` + entryOf("call", "", toB2+`,"value":"0x1f","callType":"call"`, `,"result":{"output":"0x"}`) + `,` +
		entryOf("call", "0", toB2+`,"value":"0x5","callType":"call"`, `,"error":"Reverted"`) + `,` +
		entryOf("call", "0,0", toB2+`,"value":"0x6","callType":"call"`, ``) + `,` +
		entryOf("call", "1", toB2+`,"value":"0x1f","callType":"delegatecall"`, ``) + `,` +
		entryOf("suicide", "1,0", `"address":"0x`+strings.Repeat("b1", 20)+`","refundAddress":"0x`+strings.Repeat("b2", 20)+`","balance":"0x7"`, `,"result":null`) + `,` +
		entryOf("create", "2", `"value":"0x8","init":"0x"`, `,"result":{"address":"0x`+strings.Repeat("b2", 20)+`","code":"0x"}`) + `,` +
		`{"action":{"author":"0x00","rewardType":"block","value":"0x1"},"blockHash":null,"type":"reward","traceAddress":[]}]`
)

func FuzzCallTraces(f *testing.F) {
	seeds(f, sampleCalls)
	f.Add([]byte(strings.ReplaceAll(sampleCalls, "DELEGATECALL", "STATICCALL")))
	f.Add([]byte(strings.ReplaceAll(sampleCalls, "execution reverted", "")))
	f.Fuzz(func(t *testing.T, b []byte) { agree(t, b, refCalls, gotCalls) })
}

func FuzzFlatTraces(f *testing.F) {
	seeds(f, sampleFlat)
	f.Add([]byte(strings.ReplaceAll(sampleFlat, "Reverted", "")))
	f.Add([]byte(strings.ReplaceAll(sampleFlat, `[0,0]`, `[3]`)))
	f.Add([]byte(strings.ReplaceAll(sampleFlat, `[0,0]`, `[0]`)))
	f.Fuzz(func(t *testing.T, b []byte) { agree(t, b, refFlat, gotFlat) })
}

func FuzzWithdrawals(f *testing.F) {
	seeds(f, sampleWithdrawals)
	f.Fuzz(func(t *testing.T, b []byte) { agree(t, b, refWithdrawals, gotWithdrawals) })
}

func TestTraceSamplesAreAccepted(t *testing.T) {
	calls, ok := refCalls([]byte(sampleCalls))
	require.True(t, ok)
	require.Equal(t, 3, strings.Count(calls, strings.Repeat("b2", 20)), "the root, the creation and the self-destruction below a delegate call")
	flat, ok := refFlat([]byte(sampleFlat))
	require.True(t, ok)
	_, calls, _ = strings.Cut(calls, "\n")
	calls, _, _ = strings.Cut(calls, " true\n")
	require.Contains(t, flat, calls, "both dialects tell the same")
	_, ok = refWithdrawals([]byte(sampleWithdrawals))
	require.True(t, ok)
}

// nest is a call that makes a call, so many deep; the innermost fails if told to.
func nest(depth int, fail string) string {
	head := `{"type":"CALL","from":"0x` + strings.Repeat("b1", 20) + `","to":"0x` + strings.Repeat("b2", 20) + `","value":"0x1"`
	return strings.Repeat(head+`,"calls":[`, depth-1) + head + fail + "}" + strings.Repeat("]}", depth-1)
}

func TestDepthBombsAreReadInLinearTimeOrRefused(t *testing.T) {
	count := func(text string) (n int, err error) {
		err = scanCallTraces([]byte(`[{"result":`+text+`}]`), func(t *traced, _ *chain.Hash) error {
			n = len(t.moves)
			return nil
		})
		return n, err
	}
	// An EVM nests 1,024 calls; encoding/json nests 10,000 values, two for a call.
	for _, depth := range []int{1024, 4999} {
		n, err := count(nest(depth, ""))
		require.NoError(t, err)
		require.Equal(t, depth-1, n)
		n, err = count(nest(depth, `,"error":"out of gas"`))
		require.NoError(t, err)
		require.Equal(t, depth-2, n)
	}
	_, err := count(nest(10_000, ""))
	require.ErrorIs(t, err, errSyntax)
	_, err = count(strings.Repeat(`{"calls":[`, 10_000))
	require.ErrorIs(t, err, errSyntax)

	// Breadth: every tenth call fails and takes along the call it made.
	head, wide := nest(1, ""), 200_000
	failed := strings.TrimSuffix(head, "}") + `,"calls":[` + head + `],"error":"x"}`
	calls := make([]string, wide)
	for i := range calls {
		if calls[i] = head; i%10 == 0 {
			calls[i] = failed
		}
	}
	n, err := count(strings.TrimSuffix(head, "}") + `,"calls":[` + strings.Join(calls, ",") + "]}")
	require.NoError(t, err)
	require.Equal(t, wide*9/10, n)

	// The same in the other dialect, the wrong way round.
	var flat strings.Builder
	action := toB2 + `,"value":"0x1","callType":"call"`
	for i := wide/4 - 1; i >= 0; i-- {
		more := ""
		if i%10 == 0 {
			more = `,"error":"x"`
		}
		fmt.Fprintf(&flat, "%s,%s,", entryOf("call", fmt.Sprint(i, ",0"), action, ""), entryOf("call", fmt.Sprint(i), action, more))
	}
	err = scanFlatTraces([]byte("["+flat.String()+entryOf("call", "", action, "")+"]"),
		func(_, _ *chain.Hash, _ uint32) error { return nil },
		func(t *traced) error { n = len(t.moves); return nil })
	require.NoError(t, err)
	require.Equal(t, wide/4*9/10*2, n)
}
