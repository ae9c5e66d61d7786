package payments

import (
	"context"
	"fmt"
	"time"
)

func (a Actor) validate() error {
	if a.ID == "" || a.Reason == "" {
		return &InputError{Field: "actor", Reason: "name who acts and why; it is kept in the audit"}
	}
	return nil
}

// auditRow makes a row whose id is its content, so that a repeated commit writes
// it once.
func auditRow(subject, action string, actor Actor, at time.Time, occurrence string) AuditRow {
	return AuditRow{
		ID:      eventID(EventKind("audit."+action), subject, fmt.Sprint(occurrence, "/", at.UnixMilli(), "/", actor.ID)),
		Subject: subject, Action: action, Actor: actor, At: at,
	}
}

func (p *Processor) audit(ctx context.Context, tx Tx, subject, action string, actor Actor) error {
	if err := actor.validate(); err != nil {
		return err
	}
	_, err := tx.InsertAudit(ctx, []AuditRow{auditRow(subject, action, actor, p.now(), "")})
	return err
}
