package storetest

import (
	"encoding/json"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

// due reads what is due in an Update, as a deliverer does.
func (s *suite) due(ms, limit int) (out []payments.Delivery) {
	s.Helper()
	s.write(func(tx payments.Tx) (err error) {
		out, err = tx.DeliveriesDue(s.Context(), after(ms), limit)
		return err
	})
	return out
}

func ids(rows []payments.Delivery) (out []string) {
	for _, d := range rows {
		out = append(out, d.Event.ID)
	}
	return out
}

// change saves a delivery that is due, changed.
func (s *suite) change(id string, with func(d *payments.Delivery)) {
	s.Helper()
	s.write(func(tx payments.Tx) error {
		rows, err := tx.DeliveriesDue(s.Context(), after(1_000_000), 1_000)
		require.NoError(s, err)
		for _, d := range rows {
			if d.Event.ID == id {
				with(&d)
				return tx.SaveDeliveries(s.Context(), []payments.Delivery{d})
			}
		}
		require.Contains(s, ids(rows), id)
		return nil
	})
}

func (s *suite) append(orders ...string) {
	s.Helper()
	var events []payments.Event
	for n, order := range orders {
		events = append(events, event(n, order))
	}
	put(s, payments.Tx.InsertEvents, events)
}

var eventCases = cases{
	{"every field comes back", func(s *suite) {
		e := payments.Event{ID: odd, Kind: payments.EventNetworkHalted, Subject: odd, Order: odd, Profile: odd, At: after(1),
			Data: json.RawMessage(`{"units":"115792089237316195423570985008687907853269984665640564039457584007913129639935","a":[1,null,"ü"]}`)}
		require.Equal(s, []string{odd}, put(s, payments.Tx.InsertEvents, []payments.Event{e}))
		same(s, []payments.Event{e}, ask(s, payments.Tx.EventsOf, odd))
		same(s, []payments.Delivery{{Event: e, Version: 1}}, s.due(1, 10))
	}},
	{"an event is appended once, and keeps its place", func(s *suite) {
		require.Equal(s, []string{"event-2", "event-1"}, put(s, payments.Tx.InsertEvents,
			[]payments.Event{event(2, "a"), event(1, "a"), event(2, "a")}))
		require.Equal(s, []string{"event-3"}, put(s, payments.Tx.InsertEvents, []payments.Event{event(1, "b"), event(3, "a"), event(2, "a")}))
		require.Equal(s, []string{"event-2", "event-1", "event-3"}, ids(s.due(9, 10)))
	}},
	{"a subject's events come in the order they were appended", func(s *suite) {
		a, b, c := event(9, "a"), event(1, "b"), event(5, "c")
		b.Subject, c.Subject = a.Subject, "another"
		put(s, payments.Tx.InsertEvents, []payments.Event{a, c})
		put(s, payments.Tx.InsertEvents, []payments.Event{b})
		same(s, []payments.Event{a, b}, ask(s, payments.Tx.EventsOf, a.Subject))
		require.Empty(s, ask(s, payments.Tx.EventsOf, "none"))
	}},
	{"events rolled back are not there, and can be appended later", func(s *suite) {
		s.write(func(tx payments.Tx) error {
			err := tx.Savepoint(s.Context(), func(tx payments.Tx) error {
				_, err := tx.InsertEvents(s.Context(), []payments.Event{event(1, "a")})
				require.NoError(s, err)
				return errHost
			})
			require.ErrorIs(s, err, errHost)
			ids, err := tx.InsertEvents(s.Context(), []payments.Event{event(2, "a"), event(1, "a")})
			require.Len(s, ids, 2)
			return err
		})
		require.Equal(s, []string{"event-2", "event-1"}, ids(s.due(9, 10)))
	}},
}

var deliveryCases = cases{
	{"due ones come in the order appended, up to a limit", func(s *suite) {
		s.append("b", "a", "b", "c", "a")
		require.Equal(s, []string{"event-0", "event-1", "event-2", "event-3", "event-4"}, ids(s.due(9, 10)))
		require.Equal(s, []string{"event-0", "event-1", "event-2"}, ids(s.due(9, 3)))
	}},
	{"one whose time has not come waits, at its time it is due", func(s *suite) {
		s.append("a")
		s.change("event-0", func(d *payments.Delivery) { d.Tries, d.NextAt = 1, after(100) })
		require.Empty(s, s.due(99, 10))
		got := s.due(100, 10)
		same(s, []payments.Delivery{{Event: event(0, "a"), Tries: 1, NextAt: after(100), Version: 2}}, got)
	}},
	{"one that waits holds back the later ones of its key, no others", func(s *suite) {
		s.append("a", "b", "a", "b", "a")
		s.change("event-2", func(d *payments.Delivery) { d.NextAt = after(100) })
		require.Equal(s, []string{"event-0", "event-1", "event-3"}, ids(s.due(99, 10)))
		require.Equal(s, []string{"event-0", "event-1", "event-2", "event-3", "event-4"}, ids(s.due(100, 10)))
	}},
	{"the limit counts what is due, not what waits", func(s *suite) {
		s.append("a", "a", "a", "b", "c")
		s.change("event-0", func(d *payments.Delivery) { d.NextAt = after(100) })
		require.Equal(s, []string{"event-3", "event-4"}, ids(s.due(99, 2)))
	}},
	{"one delivered is due no more and holds nothing back", func(s *suite) {
		s.append("a", "a")
		s.change("event-0", func(d *payments.Delivery) { d.NextAt, d.Delivered = after(500), after(7) })
		require.Equal(s, []string{"event-1"}, ids(s.due(99, 10)))
		require.Len(s, ask(s, payments.Tx.EventsOf, "subject a"), 2, "it is still told of")
	}},
	{"one parked is due no more and holds nothing back", func(s *suite) {
		s.append("a", "a", "b")
		s.change("event-0", func(d *payments.Delivery) { d.Tries, d.NextAt, d.Parked = 20, after(500), true })
		require.Equal(s, []string{"event-1", "event-2"}, ids(s.due(99, 10)))
		require.Equal(s, []string{"event-1", "event-2"}, ids(s.due(999, 10)))
	}},
	{"parked ones are listed oldest first, and can be taken up again", func(s *suite) {
		s.append("a", "b", "c", "d")
		for _, id := range []string{"event-3", "event-0", "event-2"} {
			s.change(id, func(d *payments.Delivery) { d.Parked, d.Tries = true, 20 })
		}
		require.Equal(s, []string{"event-0", "event-2", "event-3"}, ids(ask(s, payments.Tx.DeliveriesParked, 10)))
		two := ask(s, payments.Tx.DeliveriesParked, 2)
		require.Equal(s, []string{"event-0", "event-2"}, ids(two))
		two[1].Parked, two[1].Tries = false, 0
		require.NoError(s, save(s, payments.Tx.SaveDeliveries, two[1:]))
		require.Equal(s, []string{"event-1", "event-2"}, ids(s.due(9, 10)))
		require.Equal(s, []string{"event-0", "event-3"}, ids(ask(s, payments.Tx.DeliveriesParked, 10)))
	}},
	{"saves compare versions", func(s *suite) {
		s.append("a")
		d := s.due(9, 1)
		require.NoError(s, save(s, payments.Tx.SaveDeliveries, d))
		s.conflicts(func(tx payments.Tx) error { return tx.SaveDeliveries(s.Context(), d) })
	}},
	{"a claim made at the same time is made by one", func(s *suite) {
		s.append("a")
		claims := make(chan string, 8)
		s.together(8, func(int) error {
			var got []payments.Delivery
			err := s.store.Update(s.Context(), func(tx payments.Tx) (err error) {
				if got, err = tx.DeliveriesDue(s.Context(), after(10), 1); err != nil {
					return err
				}
				for i := range got {
					got[i].NextAt = after(1_000)
				}
				return tx.SaveDeliveries(s.Context(), got)
			})
			for _, id := range ids(got) {
				claims <- id
			}
			return err
		})
		require.Len(s, claims, 1)
	}},
}

var auditCases = cases{
	{"rows come back oldest first, by id if equal", func(s *suite) {
		row := func(id string, ms int) payments.AuditRow {
			return payments.AuditRow{ID: id, Subject: "x", Action: "release " + id, Actor: payments.Actor{ID: "op", Reason: odd}, At: after(ms)}
		}
		other := row("other", 0)
		other.Subject = "y"
		require.Equal(s, []string{"c", "a", "b", "other"}, put(s, payments.Tx.InsertAudit,
			[]payments.AuditRow{row("c", 5), row("a", 9), row("b", 5), other}))
		same(s, []payments.AuditRow{row("b", 5), row("c", 5), row("a", 9)}, ask(s, payments.Tx.AuditOf, "x"))
		require.Empty(s, ask(s, payments.Tx.AuditOf, "none"))
	}},
	{"what a call set comes back, and nothing stays nothing", func(s *suite) {
		rows := []payments.AuditRow{auditRow("a", `{"to":"ü'\"","n":[1,null,115792089237316195423570985008687907853269984665640564039457584007913129639935]}`),
			auditRow("b", `""`), auditRow("c", ""), auditRow("d", "")}
		rows[2].Data = nil
		put(s, payments.Tx.InsertAudit, rows)
		got := ask(s, payments.Tx.AuditOf, "policy")
		require.Len(s, got, 4)
		require.Nil(s, got[2].Data)
		require.Nil(s, got[3].Data, "empty is nothing")
		rows[3].Data = nil
		same(s, rows, got)
	}},
	{"a row is never changed", func(s *suite) {
		row := payments.AuditRow{ID: "a", Subject: "x", Action: "release", Actor: payments.Actor{ID: "op"}, At: noon}
		put(s, payments.Tx.InsertAudit, []payments.AuditRow{row})
		other := row
		other.Action = "nothing"
		require.Empty(s, put(s, payments.Tx.InsertAudit, []payments.AuditRow{other}))
		same(s, []payments.AuditRow{row}, ask(s, payments.Tx.AuditOf, "x"))
	}},
}
