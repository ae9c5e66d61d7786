package chainlink

import (
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

func usd(coin money.Coin, proxy string, heartbeat time.Duration) Feed {
	return Feed{Market: rates.Market{Coin: coin, Quote: "USD"}, Proxy: proxy, Heartbeat: heartbeat, Forex: coin == "EUR"}
}

// Ethereum returns the feeds on Ethereum's main network. LTC and DOGE have none
// there any more. The value is the caller's to change.
//
// The proxies are those of bgd-labs/aave-address-book (ChainlinkEthereum.sol), each
// found in a second, independent project; the heartbeats those of
// LZeroAnalytics/chainlink-package.
func Ethereum() Network {
	return Network{Name: "ethereum", ChainID: 1, Feeds: []Feed{
		usd("BTC", "0xF4030086522a5bEEa4988F8cA5B36dbC97BeE88c", hour),
		usd("ETH", "0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419", hour),
		usd("BNB", "0x14e613AC84a31f709eadbdF89C6CC390fDc9540A", day),
		usd("USDC", "0x8fFfFfd4AfB6115b954Bd326cbe7B4BA576818f6", day),
		usd("USDT", "0x3E7d1eAB13ad0104d2750B8863b489D65364e32D", day),
		usd("DAI", "0xAed0c38402a5d19df6E4c03F4E2DceD6e29c1ee9", hour),
		usd("EUR", "0xb49f677943BC038e9857d61E7d053CaA2C1734C1", day),
	}}
}

// BSC returns the feeds on BNB Smart Chain. The value is the caller's to change.
//
// The proxies are those of bgd-labs/aave-address-book (ChainlinkBNB.sol), each
// found in a second, independent project. The heartbeats are upper bounds, not
// published ones: deployed contracts assume a minute for BTC, ETH and BNB, ten
// minutes for EUR and a day for the rest. Who needs to hear sooner of a feed that
// stopped should measure the gaps between rounds and set less.
func BSC() Network {
	return Network{Name: "bsc", ChainID: 56, Feeds: []Feed{
		usd("BTC", "0x264990fbd0A4796A3E3d8E37C4d5F87a3aCa5Ebf", hour),
		usd("ETH", "0x9ef1B8c0E4F7dc8bF5719Ea496883DC6401d5b2e", hour),
		usd("BNB", "0x0567F2323251f0Aab15c8dFb1967E4e8A7D42aeE", hour),
		usd("LTC", "0x74E72F37A8c415c8f1a98Ed42E78Ff997435791D", day),
		usd("DOGE", "0x3AB0A0d137D4F946fBB19eecc6e92E64660231C8", day),
		usd("USDC", "0x51597f405303C4377E36123cBc172b13269EA163", day),
		usd("USDT", "0xB97Ad0E74fa7d920791E90258A6E2085088b4320", day),
		usd("DAI", "0x132d3C0B1D2cEa0BC552588063bdBb210FDeecfA", day),
		usd("EUR", "0x0bf79F617988C472DcA68ff41eFe1338955b9A80", day),
	}}
}
