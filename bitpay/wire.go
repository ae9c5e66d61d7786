package bitpay

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Extra holds the members of a JSON object that this package has no field for, or
// whose shape is not the documented one, as they came.
type Extra map[string]json.RawMessage

// unreadable names the documented members of a struct that decode put into its Extra.
func unreadable(v any, extra Extra) (names []string) {
	for i := range reflect.TypeOf(v).NumField() {
		name, _, _ := strings.Cut(reflect.TypeOf(v).Field(i).Tag.Get("json"), ",")
		if _, ok := extra[name]; ok && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// decode reads a JSON object into the struct that v points to, member by member.
//
// A member that decides about money is marked bitpay:"must" (readable if present)
// or bitpay:"need" (present and readable): the object fails with it. Any other
// member of an unexpected shape goes to Extra with the unknown ones, so that
// BitPay's next change of, say, a shopper does not stop payments. A null is absent.
func decode(b []byte, v any) error { return decodeStruct(b, reflect.ValueOf(v).Elem()) }

func decodeStruct(b []byte, v reflect.Value) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil {
		return fmt.Errorf("not an object: %w", err)
	}
	if members == nil {
		return fmt.Errorf("not an object: null")
	}
	extra := v.FieldByName("Extra")
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || name == "" {
			continue
		}
		raw, ok := members[name]
		rule := f.Tag.Get("bitpay")
		if !ok || string(raw) == "null" {
			if rule == "need" {
				return fmt.Errorf("%s is missing", name)
			}
			delete(members, name)
			continue
		}
		fresh := reflect.New(f.Type).Elem() // so that a failure leaves the field empty
		switch err := decodeValue(raw, fresh); {
		case err == nil:
			v.Field(i).Set(fresh)
			delete(members, name)
		case rule != "":
			return fmt.Errorf("%s: %w", name, err)
		case !extra.IsValid():
			delete(members, name)
		}
	}
	if extra.IsValid() && len(members) > 0 {
		extra.Set(reflect.ValueOf(Extra(members)))
	}
	return nil
}

func decodeValue(raw json.RawMessage, v reflect.Value) error {
	if t, ok := v.Addr().Interface().(*time.Time); ok {
		return decodeTime(raw, t)
	}
	if u, ok := v.Addr().Interface().(json.Unmarshaler); ok {
		return u.UnmarshalJSON(raw)
	}
	switch v.Kind() {
	case reflect.String:
		if c := raw[0]; c == '-' || c >= '0' && c <= '9' { // another program's order number
			v.SetString(string(raw))
			return nil
		}
	case reflect.Struct:
		return decodeStruct(raw, v)
	case reflect.Slice:
		var all []json.RawMessage
		if err := json.Unmarshal(raw, &all); err != nil {
			return err
		}
		list := reflect.MakeSlice(v.Type(), len(all), len(all))
		for i, one := range all {
			if err := decodeValue(one, list.Index(i)); err != nil {
				return err
			}
		}
		v.Set(list)
		return nil
	case reflect.Map:
		if string(raw) == "[]" { // an empty map as PHP writes it
			return nil
		}
		var all map[string]json.RawMessage
		if err := json.Unmarshal(raw, &all); err != nil {
			return err
		}
		m := reflect.MakeMapWithSize(v.Type(), len(all))
		for k, one := range all {
			if string(one) == "null" {
				continue
			}
			e := reflect.New(v.Type().Elem()).Elem()
			if err := decodeValue(one, e); err != nil {
				return fmt.Errorf("%q: %w", k, err)
			}
			m.SetMapIndex(reflect.ValueOf(k), e)
		}
		v.Set(m)
		return nil
	}
	return json.Unmarshal(raw, v.Addr().Interface())
}

// maxMillis is the year 9999, the last that RFC 3339 can write.
const maxMillis = 253402300799999

// decodeTime reads what BitPay writes: milliseconds since 1970 in invoices, ISO
// 8601 elsewhere.
func decodeTime(raw json.RawMessage, t *time.Time) error {
	text := string(raw)
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
		if text == "" {
			return nil
		}
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			*t = at.UTC()
			return nil
		}
	}
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms < 0 || ms > maxMillis {
		return fmt.Errorf("not a time in milliseconds or ISO 8601")
	}
	*t = time.UnixMilli(ms).UTC()
	return nil
}
