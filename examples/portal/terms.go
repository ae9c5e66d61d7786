package main

import (
	"net/http"
)

// termsDue turns the panel into the terms while they are not accepted.
func (s *portal) termsDue(r *http.Request, panel *panelView) (bool, error) {
	accepted, err := s.p.TermsAccepted(r.Context(), customer)
	if err != nil || accepted {
		return false, err
	}
	panel.Step, panel.Title, panel.TermsVersion = "terms", "Before your first payment", termsVersion
	return true, nil
}

func (s *portal) acceptTerms(w http.ResponseWriter, r *http.Request) error {
	a, err := accountNamed(r.FormValue("account"))
	if err != nil {
		return err
	}
	if r.FormValue("accept") != "yes" {
		v, err := s.view(r)
		if err != nil {
			return err
		}
		v.Live = false
		v.Panel = &panelView{Account: a, Unticked: true}
		if _, err := s.termsDue(r, v.Panel); err != nil {
			return err
		}
		return s.execute(w, r, http.StatusUnprocessableEntity, "page", v)
	}
	// The version accepted is the one that was shown.
	if err := s.p.AcceptTerms(r.Context(), customer, r.FormValue("version")); err != nil {
		return err
	}
	http.Redirect(w, r, "/topup/"+a.Name, http.StatusSeeOther)
	return nil
}
