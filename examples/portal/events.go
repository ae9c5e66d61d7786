package main

import (
	"fmt"
	"net/http"
	"time"
)

// beat is how often an idle stream says that it is alive.
const beat = 15 * time.Second

// events tells the browser that something changed, as server-sent events; the
// page then fetches what it shows. Each event carries the server's time, so that
// a page that lost the stream can say how old it is.
func (s *portal) events(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	subjects := []string{customer}
	for _, n := range s.networks {
		subjects = append(subjects, n.ID)
	}
	if id := r.FormValue("hosted"); id != "" {
		subjects = append(subjects, "hosted/"+id)
	}
	changed := s.p.Watch(ctx, subjects...)
	stream := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		if _, err := fmt.Fprintf(w, "event: changed\ndata: %s\n\n", clockText(time.Now())); err != nil {
			return
		}
		if err := stream.Flush(); err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case _, open := <-changed:
			if !open {
				return
			}
		case <-ticker.C:
		}
	}
}
