package bitpaysim

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// object is a JSON object; its members leave in alphabetical order.
type object = map[string]any

// envelope is how the service wraps results. It never has a member "status":
// its clients would take that for a different kind of answer.
type envelope struct {
	Facade string `json:"facade,omitempty"`
	Data   any    `json:"data"`
}

// failure is an error as the service words it.
type failure struct {
	http int
	code string // 2 digits method, 4 digits error; empty: text alone
	text string
	list []param // validation errors, instead of text
}

type param struct {
	Error string `json:"error"`
	Param string `json:"param"`
}

// methods are the first two digits of an error code.
var methods = map[string]string{http.MethodPost: "01", http.MethodGet: "02", http.MethodPut: "03", http.MethodDelete: "04"}

// coded is an error with a code: suffix is its last four digits.
func (c *call) coded(suffix, text string) *failure {
	status := http.StatusBadRequest
	switch suffix {
	case "0001", "0101", "0201":
		status = http.StatusNotFound
	}
	return &failure{http: status, code: methods[c.r.Method] + suffix, text: text}
}

// plain is an error without a code, as authentication gives.
func plain(status int, text string) *failure { return &failure{http: status, text: text} }

func missing(params ...string) *failure {
	f := &failure{http: http.StatusBadRequest}
	for _, p := range params {
		f.list = append(f.list, param{"Missing required parameter.", p})
	}
	return f
}

func invalid(name string) *failure {
	return &failure{http: http.StatusBadRequest, list: []param{{"Invalid parameter.", name}}}
}

// body is the failure in the shape the caller's API version has.
func (f *failure) body(v2 bool) any {
	switch {
	case !v2:
		text := f.text
		if len(f.list) > 0 {
			text = f.list[0].Error
		}
		return object{"error": object{"type": "error", "message": text}}
	case len(f.list) > 0:
		return object{"errors": f.list}
	case f.code != "":
		return object{"status": "error", "code": f.code, "data": nil, "error": f.text}
	}
	return object{"error": f.text}
}

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // every value is built here from valid parts
		return []byte(`{"error":"simulator: ` + err.Error() + `"}`)
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(encode(v)) // a client that hung up
}
