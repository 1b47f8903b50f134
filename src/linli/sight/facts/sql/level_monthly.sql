SELECT
  "t22"."at",
  "t22"."month",
  COALESCE("t22"."asked", 0) AS "asked",
  COALESCE("t22"."asked_urgent", 0) AS "asked_urgent",
  COALESCE("t22"."asked_phoneless", 0) AS "asked_phoneless",
  COALESCE("t22"."asked_groups", 0) AS "asked_groups",
  COALESCE("t22"."asked_domain_elder", 0) AS "asked_domain_elder",
  COALESCE("t22"."asked_domain_child", 0) AS "asked_domain_child",
  COALESCE("t22"."asked_domain_health", 0) AS "asked_domain_health",
  COALESCE("t22"."asked_domain_home", 0) AS "asked_domain_home",
  COALESCE("t22"."asked_domain_disabled", 0) AS "asked_domain_disabled",
  COALESCE("t22"."asked_domain_culture", 0) AS "asked_domain_culture",
  COALESCE("t22"."asked_domain_safety", 0) AS "asked_domain_safety",
  COALESCE("t22"."asked_domain_hardship", 0) AS "asked_domain_hardship",
  COALESCE("t22"."asked_group_alone", 0) AS "asked_group_alone",
  COALESCE("t22"."asked_group_disabled", 0) AS "asked_group_disabled",
  COALESCE("t22"."asked_group_child", 0) AS "asked_group_child",
  COALESCE("t22"."asked_group_low_income", 0) AS "asked_group_low_income",
  COALESCE("t22"."asked_channel_web", 0) AS "asked_channel_web",
  COALESCE("t22"."asked_channel_code", 0) AS "asked_channel_code",
  COALESCE("t22"."asked_channel_phone", 0) AS "asked_channel_phone",
  COALESCE("t22"."asked_service_meal", 0) AS "asked_service_meal",
  COALESCE("t22"."asked_service_medicine", 0) AS "asked_service_medicine",
  COALESCE("t22"."asked_service_escort", 0) AS "asked_service_escort",
  COALESCE("t22"."answered", 0) AS "answered",
  COALESCE("t22"."answered_in_time", 0) AS "answered_in_time",
  COALESCE("t22"."urgent_answered", 0) AS "urgent_answered",
  COALESCE("t22"."urgent_in_time", 0) AS "urgent_in_time",
  COALESCE("t22"."groups_answered", 0) AS "groups_answered",
  COALESCE("t22"."groups_in_time", 0) AS "groups_in_time",
  COALESCE("t22"."alone_answered", 0) AS "alone_answered",
  COALESCE("t22"."alone_in_time", 0) AS "alone_in_time",
  COALESCE("t22"."phoneless_answered", 0) AS "phoneless_answered",
  COALESCE("t22"."phoneless_in_time", 0) AS "phoneless_in_time",
  COALESCE("t22"."care_answered", 0) AS "care_answered",
  COALESCE("t22"."care_in_time", 0) AS "care_in_time",
  COALESCE("t22"."ended", 0) AS "ended",
  COALESCE("t22"."met", 0) AS "met",
  COALESCE("t22"."handled", 0) AS "handled",
  COALESCE("t22"."handled_in_time", 0) AS "handled_in_time",
  COALESCE("t22"."withdrawn", 0) AS "withdrawn",
  COALESCE("t22"."referred", 0) AS "referred",
  COALESCE("t22"."reopened", 0) AS "reopened",
  COALESCE("t22"."escalated", 0) AS "escalated",
  COALESCE("t22"."escalated_street", 0) AS "escalated_street",
  COALESCE("t22"."escalated_city", 0) AS "escalated_city",
  COALESCE("t22"."dispatched", 0) AS "dispatched",
  COALESCE("t22"."objections", 0) AS "objections",
  COALESCE("t22"."objections_settled", 0) AS "objections_settled",
  COALESCE("t22"."objections_upheld", 0) AS "objections_upheld",
  COALESCE("t22"."objections_in_time", 0) AS "objections_in_time",
  COALESCE("t22"."offers_ended", 0) AS "offers_ended",
  COALESCE("t22"."offers_accepted", 0) AS "offers_accepted",
  COALESCE("t22"."offers_declined", 0) AS "offers_declined",
  COALESCE("t22"."offers_lapsed", 0) AS "offers_lapsed",
  COALESCE("t22"."offers_answered", 0) AS "offers_answered",
  COALESCE("t22"."booked", 0) AS "booked",
  COALESCE("t22"."visits", 0) AS "visits",
  COALESCE("t22"."visit_minutes", 0) AS "visit_minutes",
  COALESCE("t22"."to_checklist", 0) AS "to_checklist",
  COALESCE("t22"."checked_in", 0) AS "checked_in",
  COALESCE("t22"."punctual", 0) AS "punctual",
  COALESCE("t22"."by_paper", 0) AS "by_paper",
  COALESCE("t22"."confirmed", 0) AS "confirmed",
  COALESCE("t22"."confirmed_self", 0) AS "confirmed_self",
  COALESCE("t22"."confirmed_call", 0) AS "confirmed_call",
  COALESCE("t22"."no_shows", 0) AS "no_shows",
  COALESCE("t22"."cancelled", 0) AS "cancelled",
  COALESCE("t22"."disputed", 0) AS "disputed",
  COALESCE("t22"."settled", 0) AS "settled",
  COALESCE("t22"."corrected", 0) AS "corrected",
  COALESCE("t22"."joined", 0) AS "joined",
  COALESCE("t22"."certified", 0) AS "certified",
  COALESCE("t22"."hours_held", 0) AS "hours_held",
  COALESCE("t22"."hours_held_n", 0) AS "hours_held_n",
  COALESCE("t22"."hours_posted", 0) AS "hours_posted",
  COALESCE("t22"."hours_posted_n", 0) AS "hours_posted_n",
  COALESCE("t22"."hours_honour", 0) AS "hours_honour",
  COALESCE("t22"."hours_honour_n", 0) AS "hours_honour_n",
  COALESCE("t22"."hours_returned", 0) AS "hours_returned",
  COALESCE("t22"."hours_returned_n", 0) AS "hours_returned_n",
  COALESCE("t22"."hours_taken_back", 0) AS "hours_taken_back",
  COALESCE("t22"."hours_taken_back_n", 0) AS "hours_taken_back_n",
  COALESCE("t22"."hours_seeded", 0) AS "hours_seeded",
  COALESCE("t22"."hours_seeded_n", 0) AS "hours_seeded_n",
  COALESCE("t22"."rated", 0) AS "rated",
  COALESCE("t22"."satisfied", 0) AS "satisfied",
  COALESCE("t22"."stars", 0) AS "stars",
  COALESCE("t22"."stars_5", 0) AS "stars_5",
  COALESCE("t22"."rated_low", 0) AS "rated_low",
  COALESCE("t22"."rectify_opened", 0) AS "rectify_opened",
  COALESCE("t22"."rectify_ended", 0) AS "rectify_ended",
  COALESCE("t22"."rectify_in_time", 0) AS "rectify_in_time",
  COALESCE("t22"."rectify_rejected", 0) AS "rectify_rejected",
  COALESCE("t22"."consents_granted", 0) AS "consents_granted",
  COALESCE("t22"."consents_withdrawn", 0) AS "consents_withdrawn",
  COALESCE("t22"."looks", 0) AS "looks",
  COALESCE("t22"."evidenced", 0) AS "evidenced",
  COALESCE("t22"."sign_lag", 0) AS "sign_lag",
  COALESCE("t22"."sign_days", 0) AS "sign_days",
  COALESCE("t22"."sign_days_in_time", 0) AS "sign_days_in_time",
  COALESCE("t22"."warned", 0) AS "warned",
  COALESCE("t22"."warned_blue", 0) AS "warned_blue",
  COALESCE("t22"."warned_yellow", 0) AS "warned_yellow",
  COALESCE("t22"."warned_red", 0) AS "warned_red",
  COALESCE("t22"."plans", 0) AS "plans",
  COALESCE("t22"."plans_in_time", 0) AS "plans_in_time",
  COALESCE("t22"."warnings_closed", 0) AS "warnings_closed",
  COALESCE("t22"."answer_p50", 0) AS "answer_p50",
  COALESCE("t22"."answer_p90", 0) AS "answer_p90",
  COALESCE("t22"."urgent_p50", 0) AS "urgent_p50",
  COALESCE("t22"."urgent_p90", 0) AS "urgent_p90",
  COALESCE("t22"."groups_p50", 0) AS "groups_p50",
  COALESCE("t22"."alone_p50", 0) AS "alone_p50",
  COALESCE("t22"."handle_p50", 0) AS "handle_p50",
  COALESCE("t22"."handle_p90", 0) AS "handle_p90",
  COALESCE("t22"."offer_p50", 0) AS "offer_p50",
  COALESCE("t22"."visit_p50", 0) AS "visit_p50",
  COALESCE("t22"."helpers_active", 0) AS "helpers_active",
  COALESCE("t22"."rectify_p50", 0) AS "rectify_p50",
  COALESCE("t22"."took_part", 0) AS "took_part",
  COALESCE("t22"."asked_people", 0) AS "asked_people",
  COALESCE("t22"."helped_people", 0) AS "helped_people",
  COALESCE("t22"."warning_p50", 0) AS "warning_p50",
  COALESCE("t22"."needs_live", 0) AS "needs_live",
  COALESCE("t22"."looked_at_registers", 0) AS "looked_at_registers",
  COALESCE("t22"."needs_late", 0) AS "needs_late",
  COALESCE("t22"."helpers", 0) AS "helpers",
  COALESCE("t22"."helpers_paused", 0) AS "helpers_paused",
  COALESCE("t22"."helpers_certified", 0) AS "helpers_certified",
  COALESCE("t22"."books", 0) AS "books",
  COALESCE("t22"."book_minutes", 0) AS "book_minutes",
  COALESCE("t22"."group_alone", 0) AS "group_alone",
  COALESCE("t22"."paired_alone", 0) AS "paired_alone",
  COALESCE("t22"."group_disabled", 0) AS "group_disabled",
  COALESCE("t22"."paired_disabled", 0) AS "paired_disabled",
  COALESCE("t22"."group_child", 0) AS "group_child",
  COALESCE("t22"."paired_child", 0) AS "paired_child",
  COALESCE("t22"."group_low_income", 0) AS "group_low_income",
  COALESCE("t22"."paired_low_income", 0) AS "paired_low_income",
  COALESCE("t22"."groups_all", 0) AS "groups_all",
  COALESCE("t22"."paired_all", 0) AS "paired_all",
  COALESCE("t22"."residents", 0) AS "residents",
  COALESCE("t22"."aged_60", 0) AS "aged_60",
  COALESCE("t22"."aged_80", 0) AS "aged_80",
  COALESCE("t22"."households", 0) AS "households",
  COALESCE("t22"."grids", 0) AS "grids",
  COALESCE("t22"."buildings", 0) AS "buildings",
  COALESCE("t22"."accounts", 0) AS "accounts",
  COALESCE("t22"."guarded", 0) AS "guarded",
  COALESCE("t22"."workers", 0) AS "workers",
  COALESCE("t22"."grid_workers", 0) AS "grid_workers",
  COALESCE("t22"."specials", 0) AS "specials",
  COALESCE("t22"."sheets", 0) AS "sheets",
  COALESCE("t22"."consents", 0) AS "consents",
  COALESCE("t22"."helpers_helped", 0) AS "helpers_helped",
  COALESCE("t22"."helpers_again", 0) AS "helpers_again",
  COALESCE("t22"."load_minutes", 0) AS "load_minutes",
  COALESCE("t22"."load_top", 0) AS "load_top",
  COALESCE("t22"."gini_top", 0) AS "gini_top",
  COALESCE("t22"."gini_bottom", 0) AS "gini_bottom"
FROM (
  SELECT
    "t19"."at",
    "t19"."month",
    "t19"."asked",
    "t19"."asked_urgent",
    "t19"."asked_phoneless",
    "t19"."asked_groups",
    "t19"."asked_domain_elder",
    "t19"."asked_domain_child",
    "t19"."asked_domain_health",
    "t19"."asked_domain_home",
    "t19"."asked_domain_disabled",
    "t19"."asked_domain_culture",
    "t19"."asked_domain_safety",
    "t19"."asked_domain_hardship",
    "t19"."asked_group_alone",
    "t19"."asked_group_disabled",
    "t19"."asked_group_child",
    "t19"."asked_group_low_income",
    "t19"."asked_channel_web",
    "t19"."asked_channel_code",
    "t19"."asked_channel_phone",
    "t19"."asked_service_meal",
    "t19"."asked_service_medicine",
    "t19"."asked_service_escort",
    "t19"."answered",
    "t19"."answered_in_time",
    "t19"."urgent_answered",
    "t19"."urgent_in_time",
    "t19"."groups_answered",
    "t19"."groups_in_time",
    "t19"."alone_answered",
    "t19"."alone_in_time",
    "t19"."phoneless_answered",
    "t19"."phoneless_in_time",
    "t19"."care_answered",
    "t19"."care_in_time",
    "t19"."ended",
    "t19"."met",
    "t19"."handled",
    "t19"."handled_in_time",
    "t19"."withdrawn",
    "t19"."referred",
    "t19"."reopened",
    "t19"."escalated",
    "t19"."escalated_street",
    "t19"."escalated_city",
    "t19"."dispatched",
    "t19"."objections",
    "t19"."objections_settled",
    "t19"."objections_upheld",
    "t19"."objections_in_time",
    "t19"."offers_ended",
    "t19"."offers_accepted",
    "t19"."offers_declined",
    "t19"."offers_lapsed",
    "t19"."offers_answered",
    "t19"."booked",
    "t19"."visits",
    "t19"."visit_minutes",
    "t19"."to_checklist",
    "t19"."checked_in",
    "t19"."punctual",
    "t19"."by_paper",
    "t19"."confirmed",
    "t19"."confirmed_self",
    "t19"."confirmed_call",
    "t19"."no_shows",
    "t19"."cancelled",
    "t19"."disputed",
    "t19"."settled",
    "t19"."corrected",
    "t19"."joined",
    "t19"."certified",
    "t19"."hours_held",
    "t19"."hours_held_n",
    "t19"."hours_posted",
    "t19"."hours_posted_n",
    "t19"."hours_honour",
    "t19"."hours_honour_n",
    "t19"."hours_returned",
    "t19"."hours_returned_n",
    "t19"."hours_taken_back",
    "t19"."hours_taken_back_n",
    "t19"."hours_seeded",
    "t19"."hours_seeded_n",
    "t19"."rated",
    "t19"."satisfied",
    "t19"."stars",
    "t19"."stars_5",
    "t19"."rated_low",
    "t19"."rectify_opened",
    "t19"."rectify_ended",
    "t19"."rectify_in_time",
    "t19"."rectify_rejected",
    "t19"."consents_granted",
    "t19"."consents_withdrawn",
    "t19"."looks",
    "t19"."evidenced",
    "t19"."sign_lag",
    "t19"."sign_days",
    "t19"."sign_days_in_time",
    "t19"."warned",
    "t19"."warned_blue",
    "t19"."warned_yellow",
    "t19"."warned_red",
    "t19"."plans",
    "t19"."plans_in_time",
    "t19"."warnings_closed",
    "t10"."answer_p50",
    "t10"."answer_p90",
    "t10"."urgent_p50",
    "t10"."urgent_p90",
    "t10"."groups_p50",
    "t10"."alone_p50",
    "t10"."handle_p50",
    "t10"."handle_p90",
    "t10"."offer_p50",
    "t10"."visit_p50",
    "t10"."helpers_active",
    "t10"."rectify_p50",
    "t10"."took_part",
    "t10"."asked_people",
    "t10"."helped_people",
    "t10"."warning_p50",
    "t16"."needs_live",
    "t16"."looked_at_registers",
    "t16"."needs_late",
    "t16"."helpers",
    "t16"."helpers_paused",
    "t16"."helpers_certified",
    "t16"."books",
    "t16"."book_minutes",
    "t16"."group_alone",
    "t16"."paired_alone",
    "t16"."group_disabled",
    "t16"."paired_disabled",
    "t16"."group_child",
    "t16"."paired_child",
    "t16"."group_low_income",
    "t16"."paired_low_income",
    "t16"."groups_all",
    "t16"."paired_all",
    "t16"."residents",
    "t16"."aged_60",
    "t16"."aged_80",
    "t16"."households",
    "t16"."grids",
    "t16"."buildings",
    "t16"."accounts",
    "t16"."guarded",
    "t16"."workers",
    "t16"."grid_workers",
    "t16"."specials",
    "t16"."sheets",
    "t16"."consents",
    "t21"."helpers_helped",
    "t21"."helpers_again",
    "t21"."load_minutes",
    "t21"."load_top",
    "t21"."gini_top",
    "t21"."gini_bottom"
  FROM (
    SELECT
      "t15"."at",
      "t15"."month",
      SUM("t15"."asked") AS "asked",
      SUM("t15"."asked_urgent") AS "asked_urgent",
      SUM("t15"."asked_phoneless") AS "asked_phoneless",
      SUM("t15"."asked_groups") AS "asked_groups",
      SUM("t15"."asked_domain_elder") AS "asked_domain_elder",
      SUM("t15"."asked_domain_child") AS "asked_domain_child",
      SUM("t15"."asked_domain_health") AS "asked_domain_health",
      SUM("t15"."asked_domain_home") AS "asked_domain_home",
      SUM("t15"."asked_domain_disabled") AS "asked_domain_disabled",
      SUM("t15"."asked_domain_culture") AS "asked_domain_culture",
      SUM("t15"."asked_domain_safety") AS "asked_domain_safety",
      SUM("t15"."asked_domain_hardship") AS "asked_domain_hardship",
      SUM("t15"."asked_group_alone") AS "asked_group_alone",
      SUM("t15"."asked_group_disabled") AS "asked_group_disabled",
      SUM("t15"."asked_group_child") AS "asked_group_child",
      SUM("t15"."asked_group_low_income") AS "asked_group_low_income",
      SUM("t15"."asked_channel_web") AS "asked_channel_web",
      SUM("t15"."asked_channel_code") AS "asked_channel_code",
      SUM("t15"."asked_channel_phone") AS "asked_channel_phone",
      SUM("t15"."asked_service_meal") AS "asked_service_meal",
      SUM("t15"."asked_service_medicine") AS "asked_service_medicine",
      SUM("t15"."asked_service_escort") AS "asked_service_escort",
      SUM("t15"."answered") AS "answered",
      SUM("t15"."answered_in_time") AS "answered_in_time",
      SUM("t15"."urgent_answered") AS "urgent_answered",
      SUM("t15"."urgent_in_time") AS "urgent_in_time",
      SUM("t15"."groups_answered") AS "groups_answered",
      SUM("t15"."groups_in_time") AS "groups_in_time",
      SUM("t15"."alone_answered") AS "alone_answered",
      SUM("t15"."alone_in_time") AS "alone_in_time",
      SUM("t15"."phoneless_answered") AS "phoneless_answered",
      SUM("t15"."phoneless_in_time") AS "phoneless_in_time",
      SUM("t15"."care_answered") AS "care_answered",
      SUM("t15"."care_in_time") AS "care_in_time",
      SUM("t15"."ended") AS "ended",
      SUM("t15"."met") AS "met",
      SUM("t15"."handled") AS "handled",
      SUM("t15"."handled_in_time") AS "handled_in_time",
      SUM("t15"."withdrawn") AS "withdrawn",
      SUM("t15"."referred") AS "referred",
      SUM("t15"."reopened") AS "reopened",
      SUM("t15"."escalated") AS "escalated",
      SUM("t15"."escalated_street") AS "escalated_street",
      SUM("t15"."escalated_city") AS "escalated_city",
      SUM("t15"."dispatched") AS "dispatched",
      SUM("t15"."objections") AS "objections",
      SUM("t15"."objections_settled") AS "objections_settled",
      SUM("t15"."objections_upheld") AS "objections_upheld",
      SUM("t15"."objections_in_time") AS "objections_in_time",
      SUM("t15"."offers_ended") AS "offers_ended",
      SUM("t15"."offers_accepted") AS "offers_accepted",
      SUM("t15"."offers_declined") AS "offers_declined",
      SUM("t15"."offers_lapsed") AS "offers_lapsed",
      SUM("t15"."offers_answered") AS "offers_answered",
      SUM("t15"."booked") AS "booked",
      SUM("t15"."visits") AS "visits",
      SUM("t15"."visit_minutes") AS "visit_minutes",
      SUM("t15"."to_checklist") AS "to_checklist",
      SUM("t15"."checked_in") AS "checked_in",
      SUM("t15"."punctual") AS "punctual",
      SUM("t15"."by_paper") AS "by_paper",
      SUM("t15"."confirmed") AS "confirmed",
      SUM("t15"."confirmed_self") AS "confirmed_self",
      SUM("t15"."confirmed_call") AS "confirmed_call",
      SUM("t15"."no_shows") AS "no_shows",
      SUM("t15"."cancelled") AS "cancelled",
      SUM("t15"."disputed") AS "disputed",
      SUM("t15"."settled") AS "settled",
      SUM("t15"."corrected") AS "corrected",
      SUM("t15"."joined") AS "joined",
      SUM("t15"."certified") AS "certified",
      SUM("t15"."hours_held") AS "hours_held",
      SUM("t15"."hours_held_n") AS "hours_held_n",
      SUM("t15"."hours_posted") AS "hours_posted",
      SUM("t15"."hours_posted_n") AS "hours_posted_n",
      SUM("t15"."hours_honour") AS "hours_honour",
      SUM("t15"."hours_honour_n") AS "hours_honour_n",
      SUM("t15"."hours_returned") AS "hours_returned",
      SUM("t15"."hours_returned_n") AS "hours_returned_n",
      SUM("t15"."hours_taken_back") AS "hours_taken_back",
      SUM("t15"."hours_taken_back_n") AS "hours_taken_back_n",
      SUM("t15"."hours_seeded") AS "hours_seeded",
      SUM("t15"."hours_seeded_n") AS "hours_seeded_n",
      SUM("t15"."rated") AS "rated",
      SUM("t15"."satisfied") AS "satisfied",
      SUM("t15"."stars") AS "stars",
      SUM("t15"."stars_5") AS "stars_5",
      SUM("t15"."rated_low") AS "rated_low",
      SUM("t15"."rectify_opened") AS "rectify_opened",
      SUM("t15"."rectify_ended") AS "rectify_ended",
      SUM("t15"."rectify_in_time") AS "rectify_in_time",
      SUM("t15"."rectify_rejected") AS "rectify_rejected",
      SUM("t15"."consents_granted") AS "consents_granted",
      SUM("t15"."consents_withdrawn") AS "consents_withdrawn",
      SUM("t15"."looks") AS "looks",
      SUM("t15"."evidenced") AS "evidenced",
      MAX("t15"."sign_lag") AS "sign_lag",
      SUM("t15"."sign_days") AS "sign_days",
      SUM("t15"."sign_days_in_time") AS "sign_days_in_time",
      SUM("t15"."warned") AS "warned",
      SUM("t15"."warned_blue") AS "warned_blue",
      SUM("t15"."warned_yellow") AS "warned_yellow",
      SUM("t15"."warned_red") AS "warned_red",
      SUM("t15"."plans") AS "plans",
      SUM("t15"."plans_in_time") AS "plans_in_time",
      SUM("t15"."warnings_closed") AS "warnings_closed"
    FROM (
      SELECT
        "t13"."place",
        "t13"."month",
        "t13"."asked",
        "t13"."asked_urgent",
        "t13"."asked_phoneless",
        "t13"."asked_groups",
        "t13"."asked_domain_elder",
        "t13"."asked_domain_child",
        "t13"."asked_domain_health",
        "t13"."asked_domain_home",
        "t13"."asked_domain_disabled",
        "t13"."asked_domain_culture",
        "t13"."asked_domain_safety",
        "t13"."asked_domain_hardship",
        "t13"."asked_group_alone",
        "t13"."asked_group_disabled",
        "t13"."asked_group_child",
        "t13"."asked_group_low_income",
        "t13"."asked_channel_web",
        "t13"."asked_channel_code",
        "t13"."asked_channel_phone",
        "t13"."asked_service_meal",
        "t13"."asked_service_medicine",
        "t13"."asked_service_escort",
        "t13"."answered",
        "t13"."answered_in_time",
        "t13"."urgent_answered",
        "t13"."urgent_in_time",
        "t13"."groups_answered",
        "t13"."groups_in_time",
        "t13"."alone_answered",
        "t13"."alone_in_time",
        "t13"."phoneless_answered",
        "t13"."phoneless_in_time",
        "t13"."care_answered",
        "t13"."care_in_time",
        "t13"."ended",
        "t13"."met",
        "t13"."handled",
        "t13"."handled_in_time",
        "t13"."withdrawn",
        "t13"."referred",
        "t13"."reopened",
        "t13"."escalated",
        "t13"."escalated_street",
        "t13"."escalated_city",
        "t13"."dispatched",
        "t13"."objections",
        "t13"."objections_settled",
        "t13"."objections_upheld",
        "t13"."objections_in_time",
        "t13"."offers_ended",
        "t13"."offers_accepted",
        "t13"."offers_declined",
        "t13"."offers_lapsed",
        "t13"."offers_answered",
        "t13"."booked",
        "t13"."visits",
        "t13"."visit_minutes",
        "t13"."to_checklist",
        "t13"."checked_in",
        "t13"."punctual",
        "t13"."by_paper",
        "t13"."confirmed",
        "t13"."confirmed_self",
        "t13"."confirmed_call",
        "t13"."no_shows",
        "t13"."cancelled",
        "t13"."disputed",
        "t13"."settled",
        "t13"."corrected",
        "t13"."joined",
        "t13"."certified",
        "t13"."hours_held",
        "t13"."hours_held_n",
        "t13"."hours_posted",
        "t13"."hours_posted_n",
        "t13"."hours_honour",
        "t13"."hours_honour_n",
        "t13"."hours_returned",
        "t13"."hours_returned_n",
        "t13"."hours_taken_back",
        "t13"."hours_taken_back_n",
        "t13"."hours_seeded",
        "t13"."hours_seeded_n",
        "t13"."rated",
        "t13"."satisfied",
        "t13"."stars",
        "t13"."stars_5",
        "t13"."rated_low",
        "t13"."rectify_opened",
        "t13"."rectify_ended",
        "t13"."rectify_in_time",
        "t13"."rectify_rejected",
        "t13"."consents_granted",
        "t13"."consents_withdrawn",
        "t13"."looks",
        "t13"."evidenced",
        "t13"."sign_lag",
        "t13"."sign_days",
        "t13"."sign_days_in_time",
        "t13"."warned",
        "t13"."warned_blue",
        "t13"."warned_yellow",
        "t13"."warned_red",
        "t13"."plans",
        "t13"."plans_in_time",
        "t13"."warnings_closed",
        SUBSTRING(
          "t13"."place",
          CASE WHEN (
            0 + 1
          ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t13"."place") END,
          /*digits*/
        ) AS "at"
      FROM (
        SELECT
          "t6"."place",
          "t6"."month",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'need_asked') AS "asked",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."tag" = 'urgent'
            )) AS "asked_urgent",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND "t6"."channel" IN ('code', 'phone')) AS "asked_phoneless",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            )
            AND "t6"."grp" IN ('alone', 'disabled', 'child', 'low_income')) AS "asked_groups",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."domain" = 'elder'
            )) AS "asked_domain_elder",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."domain" = 'child'
            )) AS "asked_domain_child",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."domain" = 'health'
            )) AS "asked_domain_health",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."domain" = 'home'
            )) AS "asked_domain_home",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."domain" = 'disabled'
            )) AS "asked_domain_disabled",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."domain" = 'culture'
            )) AS "asked_domain_culture",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."domain" = 'safety'
            )) AS "asked_domain_safety",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."domain" = 'hardship'
            )) AS "asked_domain_hardship",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."grp" = 'alone'
            )) AS "asked_group_alone",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."grp" = 'disabled'
            )) AS "asked_group_disabled",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."grp" = 'child'
            )) AS "asked_group_child",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."grp" = 'low_income'
            )) AS "asked_group_low_income",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."channel" = 'web'
            )) AS "asked_channel_web",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."channel" = 'code'
            )) AS "asked_channel_code",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."channel" = 'phone'
            )) AS "asked_channel_phone",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."service" = 'meal'
            )) AS "asked_service_meal",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."service" = 'medicine'
            )) AS "asked_service_medicine",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_asked'
            ) AND (
              "t6"."service" = 'escort'
            )) AS "asked_service_escort",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'need_answered') AS "answered",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_answered'
            ) AND "t6"."good") AS "answered_in_time",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_answered'
            ) AND (
              "t6"."tag" = 'urgent'
            )) AS "urgent_answered",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_answered'
            )
            AND "t6"."good"
            AND (
              "t6"."tag" = 'urgent'
            )) AS "urgent_in_time",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_answered'
            )
            AND "t6"."grp" IN ('alone', 'disabled', 'child', 'low_income')) AS "groups_answered",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_answered'
            )
            AND "t6"."good"
            AND "t6"."grp" IN ('alone', 'disabled', 'child', 'low_income')) AS "groups_in_time",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_answered'
            ) AND (
              "t6"."grp" = 'alone'
            )) AS "alone_answered",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_answered'
            ) AND "t6"."good" AND (
              "t6"."grp" = 'alone'
            )) AS "alone_in_time",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_answered'
            ) AND "t6"."channel" IN ('code', 'phone')) AS "phoneless_answered",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_answered'
            )
            AND "t6"."good"
            AND "t6"."channel" IN ('code', 'phone')) AS "phoneless_in_time",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'care_answered') AS "care_answered",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'care_answered'
            ) AND "t6"."good") AS "care_in_time",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'need_ended') AS "ended",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_ended'
            ) AND "t6"."good") AS "met",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'need_handled') AS "handled",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_handled'
            ) AND "t6"."good") AS "handled_in_time",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'need_withdrawn') AS "withdrawn",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'need_referred') AS "referred",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'need_reopened') AS "reopened",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'need_escalated') AS "escalated",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_escalated'
            ) AND (
              "t6"."tag" = 'street'
            )) AS "escalated_street",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'need_escalated'
            ) AND (
              "t6"."tag" = 'city'
            )) AS "escalated_city",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'need_dispatched') AS "dispatched",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'objection_made') AS "objections",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'objection_settled') AS "objections_settled",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'objection_settled'
            ) AND "t6"."good") AS "objections_upheld",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'objection_settled'
            ) AND (
              "t6"."tag" = 'in_time'
            )) AS "objections_in_time",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'offer_ended') AS "offers_ended",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'offer_ended'
            ) AND (
              "t6"."tag" = 'accepted'
            )) AS "offers_accepted",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'offer_ended'
            ) AND (
              "t6"."tag" = 'declined'
            )) AS "offers_declined",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'offer_ended'
            ) AND (
              "t6"."tag" = 'lapsed'
            )) AS "offers_lapsed",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'offer_ended'
            ) AND "t6"."tag" IN ('accepted', 'declined')) AS "offers_answered",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'visit_booked') AS "booked",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'visit_done') AS "visits",
          SUM("t6"."total") FILTER(WHERE
            "t6"."kind" = 'visit_done') AS "visit_minutes",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'visit_done'
            ) AND "t6"."good") AS "to_checklist",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'checked_in') AS "checked_in",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'checked_in'
            ) AND "t6"."good") AS "punctual",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'checked_in'
            ) AND (
              "t6"."tag" = 'paper'
            )) AS "by_paper",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'confirmed') AS "confirmed",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'confirmed'
            ) AND (
              "t6"."tag" = 'self'
            )) AS "confirmed_self",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'confirmed'
            ) AND (
              "t6"."tag" = 'call_back'
            )) AS "confirmed_call",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'no_show') AS "no_shows",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'visit_cancelled') AS "cancelled",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'visit_disputed') AS "disputed",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'visit_settled') AS "settled",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'visit_corrected') AS "corrected",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'helper_joined') AS "joined",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'certified') AS "certified",
          SUM("t6"."total") FILTER(WHERE
            "t6"."kind" = 'hours_held') AS "hours_held",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'hours_held') AS "hours_held_n",
          SUM("t6"."total") FILTER(WHERE
            "t6"."kind" = 'hours_posted') AS "hours_posted",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'hours_posted') AS "hours_posted_n",
          SUM("t6"."total") FILTER(WHERE
            "t6"."kind" = 'hours_honour') AS "hours_honour",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'hours_honour') AS "hours_honour_n",
          SUM("t6"."total") FILTER(WHERE
            "t6"."kind" = 'hours_returned') AS "hours_returned",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'hours_returned') AS "hours_returned_n",
          SUM("t6"."total") FILTER(WHERE
            "t6"."kind" = 'hours_corrected') AS "hours_taken_back",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'hours_corrected') AS "hours_taken_back_n",
          SUM("t6"."total") FILTER(WHERE
            "t6"."kind" = 'hours_seeded') AS "hours_seeded",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'hours_seeded') AS "hours_seeded_n",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'rated') AS "rated",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'rated'
            ) AND "t6"."good") AS "satisfied",
          SUM("t6"."total") FILTER(WHERE
            "t6"."kind" = 'rated') AS "stars",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'rated'
            ) AND (
              "t6"."value" = 5
            )) AS "stars_5",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'rated'
            ) AND "t6"."value" IN (1, 2)) AS "rated_low",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'rectify_opened') AS "rectify_opened",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'rectify_ended') AS "rectify_ended",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'rectify_ended'
            ) AND "t6"."good") AS "rectify_in_time",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'rectify_rejected') AS "rectify_rejected",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'consent_granted') AS "consents_granted",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'consent_withdrawn') AS "consents_withdrawn",
          SUM("t6"."total") FILTER(WHERE
            "t6"."kind" = 'looked') AS "looks",
          SUM("t6"."total") FILTER(WHERE
            "t6"."kind" = 'evidenced') AS "evidenced",
          MAX("t6"."top") FILTER(WHERE
            "t6"."kind" = 'sign_lag') AS "sign_lag",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'sign_lag') AS "sign_days",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'sign_lag'
            ) AND "t6"."good") AS "sign_days_in_time",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'warning_opened') AS "warned",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'warning_opened'
            ) AND (
              "t6"."tag" = 'blue'
            )) AS "warned_blue",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'warning_opened'
            ) AND (
              "t6"."tag" = 'yellow'
            )) AS "warned_yellow",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'warning_opened'
            ) AND (
              "t6"."tag" = 'red'
            )) AS "warned_red",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'warning_planned') AS "plans",
          SUM("t6"."n") FILTER(WHERE
            (
              "t6"."kind" = 'warning_planned'
            ) AND "t6"."good") AS "plans_in_time",
          SUM("t6"."n") FILTER(WHERE
            "t6"."kind" = 'warning_closed') AS "warnings_closed"
        FROM (
          SELECT
            "t4"."place",
            "t4"."month",
            "t4"."kind",
            "t4"."tag",
            "t4"."grp",
            "t4"."channel",
            "t4"."domain",
            "t4"."service",
            "t4"."good",
            "t4"."value",
            COUNT("t4"."fact") AS "n",
            SUM("t4"."worth") AS "total",
            MAX("t4"."worth") AS "top"
          FROM (
            SELECT
              "t0"."fact",
              "t0"."kind",
              "t0"."place",
              "t0"."told",
              "t0"."service",
              "t0"."domain",
              "t0"."grp",
              "t0"."channel",
              CASE WHEN "t0"."kind" = 'stock' THEN '' ELSE "t0"."tag" END AS "tag",
              "t0"."good",
              CASE WHEN "t0"."kind" = 'rated' THEN "t0"."value" ELSE 0 END AS "value",
              "t0"."subject",
              "t0"."day",
              "t0"."month",
              "t0"."occurred_at",
              "t0"."recorded_at",
              "t0"."value" AS "worth"
            FROM "facts" AS "t0"
          ) AS "t4"
          GROUP BY
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            9,
            10
        ) AS "t6"
        GROUP BY
          1,
          2
      ) AS "t13"
    ) AS "t15"
    GROUP BY
      1,
      2
  ) AS "t19"
  LEFT OUTER JOIN (
    SELECT
      "t1"."at",
      "t1"."month",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.5) FILTER(WHERE
          "t1"."kind" = 'need_answered') + 0.500001
      ) AS BIGINT) AS "answer_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.9) FILTER(WHERE
          "t1"."kind" = 'need_answered') + 0.500001
      ) AS BIGINT) AS "answer_p90",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.5) FILTER(WHERE
          (
            "t1"."kind" = 'need_answered'
          ) AND (
            "t1"."tag" = 'urgent'
          )) + 0.500001
      ) AS BIGINT) AS "urgent_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.9) FILTER(WHERE
          (
            "t1"."kind" = 'need_answered'
          ) AND (
            "t1"."tag" = 'urgent'
          )) + 0.500001
      ) AS BIGINT) AS "urgent_p90",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.5) FILTER(WHERE
          (
            "t1"."kind" = 'need_answered'
          )
          AND "t1"."grp" IN ('alone', 'disabled', 'child', 'low_income')) + 0.500001
      ) AS BIGINT) AS "groups_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.5) FILTER(WHERE
          (
            "t1"."kind" = 'need_answered'
          ) AND (
            "t1"."grp" = 'alone'
          )) + 0.500001
      ) AS BIGINT) AS "alone_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.5) FILTER(WHERE
          "t1"."kind" = 'need_handled') + 0.500001
      ) AS BIGINT) AS "handle_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.9) FILTER(WHERE
          "t1"."kind" = 'need_handled') + 0.500001
      ) AS BIGINT) AS "handle_p90",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.5) FILTER(WHERE
          (
            "t1"."kind" = 'offer_ended'
          ) AND "t1"."tag" IN ('accepted', 'declined')) + 0.500001
      ) AS BIGINT) AS "offer_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.5) FILTER(WHERE
          "t1"."kind" = 'visit_done') + 0.500001
      ) AS BIGINT) AS "visit_p50",
      COUNT(DISTINCT "t1"."subject") FILTER(WHERE
        "t1"."kind" = 'visit_done') AS "helpers_active",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.5) FILTER(WHERE
          "t1"."kind" = 'rectify_ended') + 0.500001
      ) AS BIGINT) AS "rectify_p50",
      COUNT(DISTINCT "t1"."subject") FILTER(WHERE
        "t1"."kind" = 'took_part') AS "took_part",
      COUNT(DISTINCT "t1"."subject") FILTER(WHERE
        (
          "t1"."kind" = 'took_part'
        ) AND (
          "t1"."tag" = 'asked'
        )) AS "asked_people",
      COUNT(DISTINCT "t1"."subject") FILTER(WHERE
        (
          "t1"."kind" = 'took_part'
        ) AND (
          "t1"."tag" = 'helped'
        )) AS "helped_people",
      CAST(FLOOR(
        QUANTILE_CONT("t1"."value", 0.5) FILTER(WHERE
          "t1"."kind" = 'warning_closed') + 0.500001
      ) AS BIGINT) AS "warning_p50"
    FROM (
      SELECT
        "t0"."place",
        "t0"."month",
        "t0"."kind",
        "t0"."tag",
        "t0"."grp",
        "t0"."channel",
        "t0"."value",
        "t0"."subject",
        SUBSTRING(
          "t0"."place",
          CASE WHEN (
            0 + 1
          ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t0"."place") END,
          /*digits*/
        ) AS "at"
      FROM "facts" AS "t0"
      WHERE
        "t0"."kind" IN (
          'need_answered',
          'need_handled',
          'offer_ended',
          'rectify_ended',
          'took_part',
          'visit_done',
          'warning_closed'
        )
    ) AS "t1"
    GROUP BY
      1,
      2
  ) AS "t10"
    ON "t19"."at" = "t10"."at" AND "t19"."month" = "t10"."month"
  LEFT OUTER JOIN (
    SELECT
      "t11"."at",
      "t11"."month",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('needs_live')), 0) AS "needs_live",
      COUNT("t11"."fact") AS "looked_at_registers",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('needs_late')), 0) AS "needs_late",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('helpers')), 0) AS "helpers",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('helpers_paused')), 0) AS "helpers_paused",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('helpers_certified')), 0) AS "helpers_certified",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('books')), 0) AS "books",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('book_minutes')), 0) AS "book_minutes",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('group_alone')), 0) AS "group_alone",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('paired_alone')), 0) AS "paired_alone",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('group_disabled')), 0) AS "group_disabled",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('paired_disabled')), 0) AS "paired_disabled",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('group_child')), 0) AS "group_child",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('paired_child')), 0) AS "paired_child",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('group_low_income')), 0) AS "group_low_income",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('paired_low_income')), 0) AS "paired_low_income",
      COALESCE(
        SUM("t11"."value") FILTER(WHERE
          "t11"."tag" IN ('group_alone', 'group_disabled', 'group_child', 'group_low_income')),
        0
      ) AS "groups_all",
      COALESCE(
        SUM("t11"."value") FILTER(WHERE
          "t11"."tag" IN ('paired_alone', 'paired_disabled', 'paired_child', 'paired_low_income')),
        0
      ) AS "paired_all",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('residents')), 0) AS "residents",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('aged_60')), 0) AS "aged_60",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('aged_80')), 0) AS "aged_80",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('households')), 0) AS "households",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('grids')), 0) AS "grids",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('buildings')), 0) AS "buildings",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('accounts')), 0) AS "accounts",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('guarded')), 0) AS "guarded",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('workers')), 0) AS "workers",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('grid_workers')), 0) AS "grid_workers",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('specials')), 0) AS "specials",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('sheets')), 0) AS "sheets",
      COALESCE(SUM("t11"."value") FILTER(WHERE
        "t11"."tag" IN ('consents')), 0) AS "consents"
    FROM (
      SELECT
        "t7"."fact",
        "t7"."kind",
        "t7"."place",
        "t7"."told",
        "t7"."service",
        "t7"."domain",
        "t7"."grp",
        "t7"."channel",
        "t7"."tag",
        "t7"."good",
        "t7"."value",
        "t7"."subject",
        "t7"."day",
        "t7"."month",
        "t7"."occurred_at",
        "t7"."recorded_at",
        "t7"."nth",
        SUBSTRING(
          "t7"."place",
          CASE WHEN (
            0 + 1
          ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t7"."place") END,
          /*digits*/
        ) AS "at"
      FROM (
        SELECT
          "t2"."fact",
          "t2"."kind",
          "t2"."place",
          "t2"."told",
          "t2"."service",
          "t2"."domain",
          "t2"."grp",
          "t2"."channel",
          "t2"."tag",
          "t2"."good",
          "t2"."value",
          "t2"."subject",
          "t2"."day",
          "t2"."month",
          "t2"."occurred_at",
          "t2"."recorded_at",
          ROW_NUMBER() OVER (
            PARTITION BY "t2"."place", "t2"."tag", "t2"."month"
            ORDER BY "t2"."day" DESC, "t2"."fact" DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1 AS "nth"
        FROM (
          SELECT
            *
          FROM "facts" AS "t0"
          WHERE
            "t0"."kind" = 'stock'
        ) AS "t2"
      ) AS "t7"
      WHERE
        "t7"."nth" = 0
    ) AS "t11"
    GROUP BY
      1,
      2
  ) AS "t16"
    ON "t19"."at" = "t16"."at" AND "t19"."month" = "t16"."month"
  LEFT OUTER JOIN (
    SELECT
      "t17"."at",
      "t17"."month",
      COUNT("t17"."minutes") AS "helpers_helped",
      SUM(CAST("t17"."visits" >= 2 AS INT)) AS "helpers_again",
      SUM("t17"."minutes") AS "load_minutes",
      SUM("t17"."minutes") FILTER(WHERE
        (
          "t17"."rank" * 10
        ) < "t17"."helpers") AS "load_top",
      (
        SUM("t17"."least" * "t17"."minutes") * 2
      ) - (
        (
          MAX("t17"."helpers") + 1
        ) * SUM("t17"."minutes")
      ) AS "gini_top",
      MAX("t17"."helpers") * SUM("t17"."minutes") AS "gini_bottom"
    FROM (
      SELECT
        "t12"."at",
        "t12"."month",
        "t12"."subject",
        "t12"."minutes",
        "t12"."visits",
        ROW_NUMBER() OVER (
          PARTITION BY "t12"."at", "t12"."month"
          ORDER BY "t12"."minutes" DESC, "t12"."subject" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "rank",
        (
          ROW_NUMBER() OVER (
            PARTITION BY "t12"."at", "t12"."month"
            ORDER BY "t12"."minutes" ASC, "t12"."subject" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1
        ) + 1 AS "least",
        COUNT(*) OVER (
          PARTITION BY "t12"."at", "t12"."month"
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS "helpers"
      FROM (
        SELECT
          "t8"."at",
          "t8"."month",
          "t8"."subject",
          SUM("t8"."worth") AS "minutes",
          SUM("t8"."times") AS "visits"
        FROM (
          SELECT
            "t5"."place",
            "t5"."month",
            "t5"."subject",
            "t5"."worth",
            "t5"."times",
            SUBSTRING(
              "t5"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t5"."place") END,
              /*digits*/
            ) AS "at"
          FROM (
            SELECT
              "t3"."place",
              "t3"."month",
              "t3"."subject",
              SUM("t3"."value") AS "worth",
              COUNT("t3"."fact") AS "times"
            FROM (
              SELECT
                *
              FROM "facts" AS "t0"
              WHERE
                "t0"."kind" = 'visit_done' AND "t0"."subject" IS NOT NULL
            ) AS "t3"
            GROUP BY
              1,
              2,
              3
          ) AS "t5"
        ) AS "t8"
        GROUP BY
          1,
          2,
          3
      ) AS "t12"
    ) AS "t17"
    GROUP BY
      1,
      2
  ) AS "t21"
    ON "t19"."at" = "t21"."at" AND "t19"."month" = "t21"."month"
) AS "t22"
ORDER BY
  "t22"."at" ASC,
  "t22"."month" ASC
