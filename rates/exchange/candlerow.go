package exchange

import (
	"fmt"
	"strings"
)

// candleRow reads the row that Binance and OKX share: [opening in ms, open, high,
// low, close, volume, …]. Both fill a minute without trades with the close before
// it, which is no close of that minute's.
func candleRow(row []number) (candle, error) {
	if len(row) < 6 {
		return candle{}, fmt.Errorf("%w: short row", errShape)
	}
	open, err := row[0].millis()
	if err != nil {
		return candle{}, err
	}
	c := candle{open: open}
	if volume := string(row[5]); volume != "" && strings.Trim(volume, "0.") == "" {
		return c, nil
	}
	if c.close, err = closeOf(row[3], row[2], row[4]); err != nil {
		return candle{}, fmt.Errorf("candle of %s: %w", stamp(open), err)
	}
	return c, nil
}
