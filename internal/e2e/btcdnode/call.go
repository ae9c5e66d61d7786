package btcdnode

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/stretchr/testify/require"
)

// try makes one JSON-RPC call and decodes its result, unless result is nil.
func (n *Node) try(result any, method string, params ...any) error {
	if params == nil {
		params = []any{}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "1.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPost, n.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.SetBasicAuth(User, Password)
	resp, err := n.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		Result json.RawMessage
		Error  *struct {
			Code    int
			Message string
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s: HTTP %d: %w", method, resp.StatusCode, err)
	}
	if answer.Error != nil {
		return fmt.Errorf("%s: %d: %s", method, answer.Error.Code, answer.Error.Message)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Result, result)
}

func (n *Node) call(result any, method string, params ...any) {
	n.t.Helper()
	require.NoError(n.t, n.try(result, method, params...))
}

// Height returns the height of the best block.
func (n *Node) Height() (height int) {
	n.t.Helper()
	n.call(&height, "getblockcount")
	return height
}

func (n *Node) hashAt(height int) (hash string) {
	n.t.Helper()
	n.call(&hash, "getblockhash", height)
	return hash
}

// block fetches a block; its height is not set.
func (n *Node) block(hash string) *btcutil.Block {
	n.t.Helper()
	var text string
	n.call(&text, "getblock", hash, 0)
	raw, err := hex.DecodeString(text)
	require.NoError(n.t, err)
	b, err := btcutil.NewBlockFromBytes(raw)
	require.NoError(n.t, err)
	return b
}
