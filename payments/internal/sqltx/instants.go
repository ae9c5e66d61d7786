package sqltx

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

func instantsText(list []time.Time) string {
	parts := make([]string, len(list))
	for i, t := range list {
		parts[i] = strconv.FormatInt(t.UnixMilli(), 10)
	}
	return strings.Join(parts, " ")
}

func parseInstants(s string) ([]time.Time, error) {
	var list []time.Time
	for part := range strings.FieldsSeq(s) {
		ms, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("instants: %w", err)
		}
		list = append(list, time.UnixMilli(ms).UTC())
	}
	return list, nil
}
