package exchange

import "fmt"

// candleRow reads the row that Binance and OKX share: [opening in ms, open, high,
// low, close, volume, …]. Both fill a minute without trades with the close before
// it, which is no close of that minute's.
func candleRow(row []number) (candle, error) {
	if len(row) < 6 {
		return candle{}, fmt.Errorf("%w: short row", errShape)
	}
	return minuteOf(row[0].millis, row[3], row[2], row[4], row[5])
}
