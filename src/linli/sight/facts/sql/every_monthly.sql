SELECT
  "t26"."at",
  "t26"."month",
  COALESCE("t26"."asked", 0) AS "asked",
  COALESCE("t26"."asked_urgent", 0) AS "asked_urgent",
  COALESCE("t26"."asked_phoneless", 0) AS "asked_phoneless",
  COALESCE("t26"."asked_groups", 0) AS "asked_groups",
  COALESCE("t26"."asked_domain_elder", 0) AS "asked_domain_elder",
  COALESCE("t26"."asked_domain_child", 0) AS "asked_domain_child",
  COALESCE("t26"."asked_domain_health", 0) AS "asked_domain_health",
  COALESCE("t26"."asked_domain_home", 0) AS "asked_domain_home",
  COALESCE("t26"."asked_domain_disabled", 0) AS "asked_domain_disabled",
  COALESCE("t26"."asked_domain_culture", 0) AS "asked_domain_culture",
  COALESCE("t26"."asked_domain_safety", 0) AS "asked_domain_safety",
  COALESCE("t26"."asked_domain_hardship", 0) AS "asked_domain_hardship",
  COALESCE("t26"."asked_group_alone", 0) AS "asked_group_alone",
  COALESCE("t26"."asked_group_disabled", 0) AS "asked_group_disabled",
  COALESCE("t26"."asked_group_child", 0) AS "asked_group_child",
  COALESCE("t26"."asked_group_low_income", 0) AS "asked_group_low_income",
  COALESCE("t26"."asked_channel_web", 0) AS "asked_channel_web",
  COALESCE("t26"."asked_channel_code", 0) AS "asked_channel_code",
  COALESCE("t26"."asked_channel_phone", 0) AS "asked_channel_phone",
  COALESCE("t26"."asked_service_meal", 0) AS "asked_service_meal",
  COALESCE("t26"."asked_service_medicine", 0) AS "asked_service_medicine",
  COALESCE("t26"."asked_service_escort", 0) AS "asked_service_escort",
  COALESCE("t26"."answered", 0) AS "answered",
  COALESCE("t26"."answered_in_time", 0) AS "answered_in_time",
  COALESCE("t26"."urgent_answered", 0) AS "urgent_answered",
  COALESCE("t26"."urgent_in_time", 0) AS "urgent_in_time",
  COALESCE("t26"."groups_answered", 0) AS "groups_answered",
  COALESCE("t26"."groups_in_time", 0) AS "groups_in_time",
  COALESCE("t26"."alone_answered", 0) AS "alone_answered",
  COALESCE("t26"."alone_in_time", 0) AS "alone_in_time",
  COALESCE("t26"."phoneless_answered", 0) AS "phoneless_answered",
  COALESCE("t26"."phoneless_in_time", 0) AS "phoneless_in_time",
  COALESCE("t26"."care_answered", 0) AS "care_answered",
  COALESCE("t26"."care_in_time", 0) AS "care_in_time",
  COALESCE("t26"."ended", 0) AS "ended",
  COALESCE("t26"."met", 0) AS "met",
  COALESCE("t26"."handled", 0) AS "handled",
  COALESCE("t26"."handled_in_time", 0) AS "handled_in_time",
  COALESCE("t26"."withdrawn", 0) AS "withdrawn",
  COALESCE("t26"."referred", 0) AS "referred",
  COALESCE("t26"."reopened", 0) AS "reopened",
  COALESCE("t26"."escalated", 0) AS "escalated",
  COALESCE("t26"."escalated_street", 0) AS "escalated_street",
  COALESCE("t26"."escalated_city", 0) AS "escalated_city",
  COALESCE("t26"."dispatched", 0) AS "dispatched",
  COALESCE("t26"."objections", 0) AS "objections",
  COALESCE("t26"."objections_settled", 0) AS "objections_settled",
  COALESCE("t26"."objections_upheld", 0) AS "objections_upheld",
  COALESCE("t26"."objections_in_time", 0) AS "objections_in_time",
  COALESCE("t26"."offers_ended", 0) AS "offers_ended",
  COALESCE("t26"."offers_accepted", 0) AS "offers_accepted",
  COALESCE("t26"."offers_declined", 0) AS "offers_declined",
  COALESCE("t26"."offers_lapsed", 0) AS "offers_lapsed",
  COALESCE("t26"."offers_answered", 0) AS "offers_answered",
  COALESCE("t26"."booked", 0) AS "booked",
  COALESCE("t26"."visits", 0) AS "visits",
  COALESCE("t26"."visit_minutes", 0) AS "visit_minutes",
  COALESCE("t26"."to_checklist", 0) AS "to_checklist",
  COALESCE("t26"."checked_in", 0) AS "checked_in",
  COALESCE("t26"."punctual", 0) AS "punctual",
  COALESCE("t26"."by_paper", 0) AS "by_paper",
  COALESCE("t26"."confirmed", 0) AS "confirmed",
  COALESCE("t26"."confirmed_self", 0) AS "confirmed_self",
  COALESCE("t26"."confirmed_call", 0) AS "confirmed_call",
  COALESCE("t26"."no_shows", 0) AS "no_shows",
  COALESCE("t26"."cancelled", 0) AS "cancelled",
  COALESCE("t26"."disputed", 0) AS "disputed",
  COALESCE("t26"."settled", 0) AS "settled",
  COALESCE("t26"."corrected", 0) AS "corrected",
  COALESCE("t26"."joined", 0) AS "joined",
  COALESCE("t26"."certified", 0) AS "certified",
  COALESCE("t26"."hours_held", 0) AS "hours_held",
  COALESCE("t26"."hours_held_n", 0) AS "hours_held_n",
  COALESCE("t26"."hours_posted", 0) AS "hours_posted",
  COALESCE("t26"."hours_posted_n", 0) AS "hours_posted_n",
  COALESCE("t26"."hours_honour", 0) AS "hours_honour",
  COALESCE("t26"."hours_honour_n", 0) AS "hours_honour_n",
  COALESCE("t26"."hours_returned", 0) AS "hours_returned",
  COALESCE("t26"."hours_returned_n", 0) AS "hours_returned_n",
  COALESCE("t26"."hours_taken_back", 0) AS "hours_taken_back",
  COALESCE("t26"."hours_taken_back_n", 0) AS "hours_taken_back_n",
  COALESCE("t26"."hours_seeded", 0) AS "hours_seeded",
  COALESCE("t26"."hours_seeded_n", 0) AS "hours_seeded_n",
  COALESCE("t26"."rated", 0) AS "rated",
  COALESCE("t26"."satisfied", 0) AS "satisfied",
  COALESCE("t26"."stars", 0) AS "stars",
  COALESCE("t26"."stars_5", 0) AS "stars_5",
  COALESCE("t26"."rated_low", 0) AS "rated_low",
  COALESCE("t26"."rectify_opened", 0) AS "rectify_opened",
  COALESCE("t26"."rectify_ended", 0) AS "rectify_ended",
  COALESCE("t26"."rectify_in_time", 0) AS "rectify_in_time",
  COALESCE("t26"."rectify_rejected", 0) AS "rectify_rejected",
  COALESCE("t26"."consents_granted", 0) AS "consents_granted",
  COALESCE("t26"."consents_withdrawn", 0) AS "consents_withdrawn",
  COALESCE("t26"."looks", 0) AS "looks",
  COALESCE("t26"."evidenced", 0) AS "evidenced",
  COALESCE("t26"."sign_lag", 0) AS "sign_lag",
  COALESCE("t26"."sign_days", 0) AS "sign_days",
  COALESCE("t26"."sign_days_in_time", 0) AS "sign_days_in_time",
  COALESCE("t26"."warned", 0) AS "warned",
  COALESCE("t26"."warned_blue", 0) AS "warned_blue",
  COALESCE("t26"."warned_yellow", 0) AS "warned_yellow",
  COALESCE("t26"."warned_red", 0) AS "warned_red",
  COALESCE("t26"."plans", 0) AS "plans",
  COALESCE("t26"."plans_in_time", 0) AS "plans_in_time",
  COALESCE("t26"."warnings_closed", 0) AS "warnings_closed",
  COALESCE("t26"."answer_p50", 0) AS "answer_p50",
  COALESCE("t26"."answer_p90", 0) AS "answer_p90",
  COALESCE("t26"."urgent_p50", 0) AS "urgent_p50",
  COALESCE("t26"."urgent_p90", 0) AS "urgent_p90",
  COALESCE("t26"."groups_p50", 0) AS "groups_p50",
  COALESCE("t26"."alone_p50", 0) AS "alone_p50",
  COALESCE("t26"."handle_p50", 0) AS "handle_p50",
  COALESCE("t26"."handle_p90", 0) AS "handle_p90",
  COALESCE("t26"."offer_p50", 0) AS "offer_p50",
  COALESCE("t26"."visit_p50", 0) AS "visit_p50",
  COALESCE("t26"."helpers_active", 0) AS "helpers_active",
  COALESCE("t26"."rectify_p50", 0) AS "rectify_p50",
  COALESCE("t26"."took_part", 0) AS "took_part",
  COALESCE("t26"."asked_people", 0) AS "asked_people",
  COALESCE("t26"."helped_people", 0) AS "helped_people",
  COALESCE("t26"."warning_p50", 0) AS "warning_p50",
  COALESCE("t26"."needs_live", 0) AS "needs_live",
  COALESCE("t26"."looked_at_registers", 0) AS "looked_at_registers",
  COALESCE("t26"."needs_late", 0) AS "needs_late",
  COALESCE("t26"."helpers", 0) AS "helpers",
  COALESCE("t26"."helpers_paused", 0) AS "helpers_paused",
  COALESCE("t26"."helpers_certified", 0) AS "helpers_certified",
  COALESCE("t26"."books", 0) AS "books",
  COALESCE("t26"."book_minutes", 0) AS "book_minutes",
  COALESCE("t26"."group_alone", 0) AS "group_alone",
  COALESCE("t26"."paired_alone", 0) AS "paired_alone",
  COALESCE("t26"."group_disabled", 0) AS "group_disabled",
  COALESCE("t26"."paired_disabled", 0) AS "paired_disabled",
  COALESCE("t26"."group_child", 0) AS "group_child",
  COALESCE("t26"."paired_child", 0) AS "paired_child",
  COALESCE("t26"."group_low_income", 0) AS "group_low_income",
  COALESCE("t26"."paired_low_income", 0) AS "paired_low_income",
  COALESCE("t26"."groups_all", 0) AS "groups_all",
  COALESCE("t26"."paired_all", 0) AS "paired_all",
  COALESCE("t26"."residents", 0) AS "residents",
  COALESCE("t26"."aged_60", 0) AS "aged_60",
  COALESCE("t26"."aged_80", 0) AS "aged_80",
  COALESCE("t26"."households", 0) AS "households",
  COALESCE("t26"."grids", 0) AS "grids",
  COALESCE("t26"."buildings", 0) AS "buildings",
  COALESCE("t26"."accounts", 0) AS "accounts",
  COALESCE("t26"."guarded", 0) AS "guarded",
  COALESCE("t26"."workers", 0) AS "workers",
  COALESCE("t26"."grid_workers", 0) AS "grid_workers",
  COALESCE("t26"."specials", 0) AS "specials",
  COALESCE("t26"."sheets", 0) AS "sheets",
  COALESCE("t26"."consents", 0) AS "consents",
  COALESCE("t26"."helpers_helped", 0) AS "helpers_helped",
  COALESCE("t26"."helpers_again", 0) AS "helpers_again",
  COALESCE("t26"."load_minutes", 0) AS "load_minutes",
  COALESCE("t26"."load_top", 0) AS "load_top",
  COALESCE("t26"."gini_top", 0) AS "gini_top",
  COALESCE("t26"."gini_bottom", 0) AS "gini_bottom"
FROM (
  SELECT
    "t23"."at",
    "t23"."month",
    "t23"."asked",
    "t23"."asked_urgent",
    "t23"."asked_phoneless",
    "t23"."asked_groups",
    "t23"."asked_domain_elder",
    "t23"."asked_domain_child",
    "t23"."asked_domain_health",
    "t23"."asked_domain_home",
    "t23"."asked_domain_disabled",
    "t23"."asked_domain_culture",
    "t23"."asked_domain_safety",
    "t23"."asked_domain_hardship",
    "t23"."asked_group_alone",
    "t23"."asked_group_disabled",
    "t23"."asked_group_child",
    "t23"."asked_group_low_income",
    "t23"."asked_channel_web",
    "t23"."asked_channel_code",
    "t23"."asked_channel_phone",
    "t23"."asked_service_meal",
    "t23"."asked_service_medicine",
    "t23"."asked_service_escort",
    "t23"."answered",
    "t23"."answered_in_time",
    "t23"."urgent_answered",
    "t23"."urgent_in_time",
    "t23"."groups_answered",
    "t23"."groups_in_time",
    "t23"."alone_answered",
    "t23"."alone_in_time",
    "t23"."phoneless_answered",
    "t23"."phoneless_in_time",
    "t23"."care_answered",
    "t23"."care_in_time",
    "t23"."ended",
    "t23"."met",
    "t23"."handled",
    "t23"."handled_in_time",
    "t23"."withdrawn",
    "t23"."referred",
    "t23"."reopened",
    "t23"."escalated",
    "t23"."escalated_street",
    "t23"."escalated_city",
    "t23"."dispatched",
    "t23"."objections",
    "t23"."objections_settled",
    "t23"."objections_upheld",
    "t23"."objections_in_time",
    "t23"."offers_ended",
    "t23"."offers_accepted",
    "t23"."offers_declined",
    "t23"."offers_lapsed",
    "t23"."offers_answered",
    "t23"."booked",
    "t23"."visits",
    "t23"."visit_minutes",
    "t23"."to_checklist",
    "t23"."checked_in",
    "t23"."punctual",
    "t23"."by_paper",
    "t23"."confirmed",
    "t23"."confirmed_self",
    "t23"."confirmed_call",
    "t23"."no_shows",
    "t23"."cancelled",
    "t23"."disputed",
    "t23"."settled",
    "t23"."corrected",
    "t23"."joined",
    "t23"."certified",
    "t23"."hours_held",
    "t23"."hours_held_n",
    "t23"."hours_posted",
    "t23"."hours_posted_n",
    "t23"."hours_honour",
    "t23"."hours_honour_n",
    "t23"."hours_returned",
    "t23"."hours_returned_n",
    "t23"."hours_taken_back",
    "t23"."hours_taken_back_n",
    "t23"."hours_seeded",
    "t23"."hours_seeded_n",
    "t23"."rated",
    "t23"."satisfied",
    "t23"."stars",
    "t23"."stars_5",
    "t23"."rated_low",
    "t23"."rectify_opened",
    "t23"."rectify_ended",
    "t23"."rectify_in_time",
    "t23"."rectify_rejected",
    "t23"."consents_granted",
    "t23"."consents_withdrawn",
    "t23"."looks",
    "t23"."evidenced",
    "t23"."sign_lag",
    "t23"."sign_days",
    "t23"."sign_days_in_time",
    "t23"."warned",
    "t23"."warned_blue",
    "t23"."warned_yellow",
    "t23"."warned_red",
    "t23"."plans",
    "t23"."plans_in_time",
    "t23"."warnings_closed",
    "t14"."answer_p50",
    "t14"."answer_p90",
    "t14"."urgent_p50",
    "t14"."urgent_p90",
    "t14"."groups_p50",
    "t14"."alone_p50",
    "t14"."handle_p50",
    "t14"."handle_p90",
    "t14"."offer_p50",
    "t14"."visit_p50",
    "t14"."helpers_active",
    "t14"."rectify_p50",
    "t14"."took_part",
    "t14"."asked_people",
    "t14"."helped_people",
    "t14"."warning_p50",
    "t20"."needs_live",
    "t20"."looked_at_registers",
    "t20"."needs_late",
    "t20"."helpers",
    "t20"."helpers_paused",
    "t20"."helpers_certified",
    "t20"."books",
    "t20"."book_minutes",
    "t20"."group_alone",
    "t20"."paired_alone",
    "t20"."group_disabled",
    "t20"."paired_disabled",
    "t20"."group_child",
    "t20"."paired_child",
    "t20"."group_low_income",
    "t20"."paired_low_income",
    "t20"."groups_all",
    "t20"."paired_all",
    "t20"."residents",
    "t20"."aged_60",
    "t20"."aged_80",
    "t20"."households",
    "t20"."grids",
    "t20"."buildings",
    "t20"."accounts",
    "t20"."guarded",
    "t20"."workers",
    "t20"."grid_workers",
    "t20"."specials",
    "t20"."sheets",
    "t20"."consents",
    "t25"."helpers_helped",
    "t25"."helpers_again",
    "t25"."load_minutes",
    "t25"."load_top",
    "t25"."gini_top",
    "t25"."gini_bottom"
  FROM (
    SELECT
      "t19"."at",
      "t19"."month",
      SUM("t19"."asked") AS "asked",
      SUM("t19"."asked_urgent") AS "asked_urgent",
      SUM("t19"."asked_phoneless") AS "asked_phoneless",
      SUM("t19"."asked_groups") AS "asked_groups",
      SUM("t19"."asked_domain_elder") AS "asked_domain_elder",
      SUM("t19"."asked_domain_child") AS "asked_domain_child",
      SUM("t19"."asked_domain_health") AS "asked_domain_health",
      SUM("t19"."asked_domain_home") AS "asked_domain_home",
      SUM("t19"."asked_domain_disabled") AS "asked_domain_disabled",
      SUM("t19"."asked_domain_culture") AS "asked_domain_culture",
      SUM("t19"."asked_domain_safety") AS "asked_domain_safety",
      SUM("t19"."asked_domain_hardship") AS "asked_domain_hardship",
      SUM("t19"."asked_group_alone") AS "asked_group_alone",
      SUM("t19"."asked_group_disabled") AS "asked_group_disabled",
      SUM("t19"."asked_group_child") AS "asked_group_child",
      SUM("t19"."asked_group_low_income") AS "asked_group_low_income",
      SUM("t19"."asked_channel_web") AS "asked_channel_web",
      SUM("t19"."asked_channel_code") AS "asked_channel_code",
      SUM("t19"."asked_channel_phone") AS "asked_channel_phone",
      SUM("t19"."asked_service_meal") AS "asked_service_meal",
      SUM("t19"."asked_service_medicine") AS "asked_service_medicine",
      SUM("t19"."asked_service_escort") AS "asked_service_escort",
      SUM("t19"."answered") AS "answered",
      SUM("t19"."answered_in_time") AS "answered_in_time",
      SUM("t19"."urgent_answered") AS "urgent_answered",
      SUM("t19"."urgent_in_time") AS "urgent_in_time",
      SUM("t19"."groups_answered") AS "groups_answered",
      SUM("t19"."groups_in_time") AS "groups_in_time",
      SUM("t19"."alone_answered") AS "alone_answered",
      SUM("t19"."alone_in_time") AS "alone_in_time",
      SUM("t19"."phoneless_answered") AS "phoneless_answered",
      SUM("t19"."phoneless_in_time") AS "phoneless_in_time",
      SUM("t19"."care_answered") AS "care_answered",
      SUM("t19"."care_in_time") AS "care_in_time",
      SUM("t19"."ended") AS "ended",
      SUM("t19"."met") AS "met",
      SUM("t19"."handled") AS "handled",
      SUM("t19"."handled_in_time") AS "handled_in_time",
      SUM("t19"."withdrawn") AS "withdrawn",
      SUM("t19"."referred") AS "referred",
      SUM("t19"."reopened") AS "reopened",
      SUM("t19"."escalated") AS "escalated",
      SUM("t19"."escalated_street") AS "escalated_street",
      SUM("t19"."escalated_city") AS "escalated_city",
      SUM("t19"."dispatched") AS "dispatched",
      SUM("t19"."objections") AS "objections",
      SUM("t19"."objections_settled") AS "objections_settled",
      SUM("t19"."objections_upheld") AS "objections_upheld",
      SUM("t19"."objections_in_time") AS "objections_in_time",
      SUM("t19"."offers_ended") AS "offers_ended",
      SUM("t19"."offers_accepted") AS "offers_accepted",
      SUM("t19"."offers_declined") AS "offers_declined",
      SUM("t19"."offers_lapsed") AS "offers_lapsed",
      SUM("t19"."offers_answered") AS "offers_answered",
      SUM("t19"."booked") AS "booked",
      SUM("t19"."visits") AS "visits",
      SUM("t19"."visit_minutes") AS "visit_minutes",
      SUM("t19"."to_checklist") AS "to_checklist",
      SUM("t19"."checked_in") AS "checked_in",
      SUM("t19"."punctual") AS "punctual",
      SUM("t19"."by_paper") AS "by_paper",
      SUM("t19"."confirmed") AS "confirmed",
      SUM("t19"."confirmed_self") AS "confirmed_self",
      SUM("t19"."confirmed_call") AS "confirmed_call",
      SUM("t19"."no_shows") AS "no_shows",
      SUM("t19"."cancelled") AS "cancelled",
      SUM("t19"."disputed") AS "disputed",
      SUM("t19"."settled") AS "settled",
      SUM("t19"."corrected") AS "corrected",
      SUM("t19"."joined") AS "joined",
      SUM("t19"."certified") AS "certified",
      SUM("t19"."hours_held") AS "hours_held",
      SUM("t19"."hours_held_n") AS "hours_held_n",
      SUM("t19"."hours_posted") AS "hours_posted",
      SUM("t19"."hours_posted_n") AS "hours_posted_n",
      SUM("t19"."hours_honour") AS "hours_honour",
      SUM("t19"."hours_honour_n") AS "hours_honour_n",
      SUM("t19"."hours_returned") AS "hours_returned",
      SUM("t19"."hours_returned_n") AS "hours_returned_n",
      SUM("t19"."hours_taken_back") AS "hours_taken_back",
      SUM("t19"."hours_taken_back_n") AS "hours_taken_back_n",
      SUM("t19"."hours_seeded") AS "hours_seeded",
      SUM("t19"."hours_seeded_n") AS "hours_seeded_n",
      SUM("t19"."rated") AS "rated",
      SUM("t19"."satisfied") AS "satisfied",
      SUM("t19"."stars") AS "stars",
      SUM("t19"."stars_5") AS "stars_5",
      SUM("t19"."rated_low") AS "rated_low",
      SUM("t19"."rectify_opened") AS "rectify_opened",
      SUM("t19"."rectify_ended") AS "rectify_ended",
      SUM("t19"."rectify_in_time") AS "rectify_in_time",
      SUM("t19"."rectify_rejected") AS "rectify_rejected",
      SUM("t19"."consents_granted") AS "consents_granted",
      SUM("t19"."consents_withdrawn") AS "consents_withdrawn",
      SUM("t19"."looks") AS "looks",
      SUM("t19"."evidenced") AS "evidenced",
      MAX("t19"."sign_lag") AS "sign_lag",
      SUM("t19"."sign_days") AS "sign_days",
      SUM("t19"."sign_days_in_time") AS "sign_days_in_time",
      SUM("t19"."warned") AS "warned",
      SUM("t19"."warned_blue") AS "warned_blue",
      SUM("t19"."warned_yellow") AS "warned_yellow",
      SUM("t19"."warned_red") AS "warned_red",
      SUM("t19"."plans") AS "plans",
      SUM("t19"."plans_in_time") AS "plans_in_time",
      SUM("t19"."warnings_closed") AS "warnings_closed"
    FROM (
      SELECT
        "t17".*
        REPLACE ("each_column_level" AS "at")
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
          CAST([
            SUBSTRING(
              "t13"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t13"."place") END,
              2
            ),
            SUBSTRING(
              "t13"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t13"."place") END,
              4
            ),
            SUBSTRING(
              "t13"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t13"."place") END,
              6
            ),
            SUBSTRING(
              "t13"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t13"."place") END,
              9
            ),
            SUBSTRING(
              "t13"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t13"."place") END,
              12
            )
          ] AS TEXT[]) AS "at"
        FROM (
          SELECT
            "t7"."place",
            "t7"."month",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'need_asked') AS "asked",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."tag" = 'urgent'
              )) AS "asked_urgent",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND "t7"."channel" IN ('code', 'phone')) AS "asked_phoneless",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              )
              AND "t7"."grp" IN ('alone', 'disabled', 'child', 'low_income')) AS "asked_groups",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."domain" = 'elder'
              )) AS "asked_domain_elder",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."domain" = 'child'
              )) AS "asked_domain_child",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."domain" = 'health'
              )) AS "asked_domain_health",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."domain" = 'home'
              )) AS "asked_domain_home",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."domain" = 'disabled'
              )) AS "asked_domain_disabled",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."domain" = 'culture'
              )) AS "asked_domain_culture",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."domain" = 'safety'
              )) AS "asked_domain_safety",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."domain" = 'hardship'
              )) AS "asked_domain_hardship",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."grp" = 'alone'
              )) AS "asked_group_alone",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."grp" = 'disabled'
              )) AS "asked_group_disabled",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."grp" = 'child'
              )) AS "asked_group_child",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."grp" = 'low_income'
              )) AS "asked_group_low_income",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."channel" = 'web'
              )) AS "asked_channel_web",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."channel" = 'code'
              )) AS "asked_channel_code",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."channel" = 'phone'
              )) AS "asked_channel_phone",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."service" = 'meal'
              )) AS "asked_service_meal",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."service" = 'medicine'
              )) AS "asked_service_medicine",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_asked'
              ) AND (
                "t7"."service" = 'escort'
              )) AS "asked_service_escort",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'need_answered') AS "answered",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_answered'
              ) AND "t7"."good") AS "answered_in_time",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_answered'
              ) AND (
                "t7"."tag" = 'urgent'
              )) AS "urgent_answered",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_answered'
              )
              AND "t7"."good"
              AND (
                "t7"."tag" = 'urgent'
              )) AS "urgent_in_time",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_answered'
              )
              AND "t7"."grp" IN ('alone', 'disabled', 'child', 'low_income')) AS "groups_answered",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_answered'
              )
              AND "t7"."good"
              AND "t7"."grp" IN ('alone', 'disabled', 'child', 'low_income')) AS "groups_in_time",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_answered'
              ) AND (
                "t7"."grp" = 'alone'
              )) AS "alone_answered",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_answered'
              ) AND "t7"."good" AND (
                "t7"."grp" = 'alone'
              )) AS "alone_in_time",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_answered'
              ) AND "t7"."channel" IN ('code', 'phone')) AS "phoneless_answered",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_answered'
              )
              AND "t7"."good"
              AND "t7"."channel" IN ('code', 'phone')) AS "phoneless_in_time",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'care_answered') AS "care_answered",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'care_answered'
              ) AND "t7"."good") AS "care_in_time",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'need_ended') AS "ended",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_ended'
              ) AND "t7"."good") AS "met",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'need_handled') AS "handled",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_handled'
              ) AND "t7"."good") AS "handled_in_time",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'need_withdrawn') AS "withdrawn",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'need_referred') AS "referred",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'need_reopened') AS "reopened",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'need_escalated') AS "escalated",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_escalated'
              ) AND (
                "t7"."tag" = 'street'
              )) AS "escalated_street",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'need_escalated'
              ) AND (
                "t7"."tag" = 'city'
              )) AS "escalated_city",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'need_dispatched') AS "dispatched",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'objection_made') AS "objections",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'objection_settled') AS "objections_settled",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'objection_settled'
              ) AND "t7"."good") AS "objections_upheld",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'objection_settled'
              ) AND (
                "t7"."tag" = 'in_time'
              )) AS "objections_in_time",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'offer_ended') AS "offers_ended",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'offer_ended'
              ) AND (
                "t7"."tag" = 'accepted'
              )) AS "offers_accepted",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'offer_ended'
              ) AND (
                "t7"."tag" = 'declined'
              )) AS "offers_declined",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'offer_ended'
              ) AND (
                "t7"."tag" = 'lapsed'
              )) AS "offers_lapsed",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'offer_ended'
              ) AND "t7"."tag" IN ('accepted', 'declined')) AS "offers_answered",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'visit_booked') AS "booked",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'visit_done') AS "visits",
            SUM("t7"."total") FILTER(WHERE
              "t7"."kind" = 'visit_done') AS "visit_minutes",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'visit_done'
              ) AND "t7"."good") AS "to_checklist",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'checked_in') AS "checked_in",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'checked_in'
              ) AND "t7"."good") AS "punctual",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'checked_in'
              ) AND (
                "t7"."tag" = 'paper'
              )) AS "by_paper",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'confirmed') AS "confirmed",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'confirmed'
              ) AND (
                "t7"."tag" = 'self'
              )) AS "confirmed_self",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'confirmed'
              ) AND (
                "t7"."tag" = 'call_back'
              )) AS "confirmed_call",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'no_show') AS "no_shows",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'visit_cancelled') AS "cancelled",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'visit_disputed') AS "disputed",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'visit_settled') AS "settled",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'visit_corrected') AS "corrected",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'helper_joined') AS "joined",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'certified') AS "certified",
            SUM("t7"."total") FILTER(WHERE
              "t7"."kind" = 'hours_held') AS "hours_held",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'hours_held') AS "hours_held_n",
            SUM("t7"."total") FILTER(WHERE
              "t7"."kind" = 'hours_posted') AS "hours_posted",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'hours_posted') AS "hours_posted_n",
            SUM("t7"."total") FILTER(WHERE
              "t7"."kind" = 'hours_honour') AS "hours_honour",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'hours_honour') AS "hours_honour_n",
            SUM("t7"."total") FILTER(WHERE
              "t7"."kind" = 'hours_returned') AS "hours_returned",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'hours_returned') AS "hours_returned_n",
            SUM("t7"."total") FILTER(WHERE
              "t7"."kind" = 'hours_corrected') AS "hours_taken_back",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'hours_corrected') AS "hours_taken_back_n",
            SUM("t7"."total") FILTER(WHERE
              "t7"."kind" = 'hours_seeded') AS "hours_seeded",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'hours_seeded') AS "hours_seeded_n",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'rated') AS "rated",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'rated'
              ) AND "t7"."good") AS "satisfied",
            SUM("t7"."total") FILTER(WHERE
              "t7"."kind" = 'rated') AS "stars",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'rated'
              ) AND (
                "t7"."value" = 5
              )) AS "stars_5",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'rated'
              ) AND "t7"."value" IN (1, 2)) AS "rated_low",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'rectify_opened') AS "rectify_opened",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'rectify_ended') AS "rectify_ended",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'rectify_ended'
              ) AND "t7"."good") AS "rectify_in_time",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'rectify_rejected') AS "rectify_rejected",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'consent_granted') AS "consents_granted",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'consent_withdrawn') AS "consents_withdrawn",
            SUM("t7"."total") FILTER(WHERE
              "t7"."kind" = 'looked') AS "looks",
            SUM("t7"."total") FILTER(WHERE
              "t7"."kind" = 'evidenced') AS "evidenced",
            MAX("t7"."top") FILTER(WHERE
              "t7"."kind" = 'sign_lag') AS "sign_lag",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'sign_lag') AS "sign_days",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'sign_lag'
              ) AND "t7"."good") AS "sign_days_in_time",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'warning_opened') AS "warned",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'warning_opened'
              ) AND (
                "t7"."tag" = 'blue'
              )) AS "warned_blue",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'warning_opened'
              ) AND (
                "t7"."tag" = 'yellow'
              )) AS "warned_yellow",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'warning_opened'
              ) AND (
                "t7"."tag" = 'red'
              )) AS "warned_red",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'warning_planned') AS "plans",
            SUM("t7"."n") FILTER(WHERE
              (
                "t7"."kind" = 'warning_planned'
              ) AND "t7"."good") AS "plans_in_time",
            SUM("t7"."n") FILTER(WHERE
              "t7"."kind" = 'warning_closed') AS "warnings_closed"
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
          ) AS "t7"
          GROUP BY
            1,
            2
        ) AS "t13"
      ) AS "t17"
      CROSS JOIN UNNEST("t17"."at") AS "each_table_level"("each_column_level")
    ) AS "t19"
    GROUP BY
      1,
      2
  ) AS "t23"
  LEFT OUTER JOIN (
    SELECT
      "t5"."at",
      "t5"."month",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.5) FILTER(WHERE
          "t5"."kind" = 'need_answered') + 0.500001
      ) AS BIGINT) AS "answer_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.9) FILTER(WHERE
          "t5"."kind" = 'need_answered') + 0.500001
      ) AS BIGINT) AS "answer_p90",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.5) FILTER(WHERE
          (
            "t5"."kind" = 'need_answered'
          ) AND (
            "t5"."tag" = 'urgent'
          )) + 0.500001
      ) AS BIGINT) AS "urgent_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.9) FILTER(WHERE
          (
            "t5"."kind" = 'need_answered'
          ) AND (
            "t5"."tag" = 'urgent'
          )) + 0.500001
      ) AS BIGINT) AS "urgent_p90",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.5) FILTER(WHERE
          (
            "t5"."kind" = 'need_answered'
          )
          AND "t5"."grp" IN ('alone', 'disabled', 'child', 'low_income')) + 0.500001
      ) AS BIGINT) AS "groups_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.5) FILTER(WHERE
          (
            "t5"."kind" = 'need_answered'
          ) AND (
            "t5"."grp" = 'alone'
          )) + 0.500001
      ) AS BIGINT) AS "alone_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.5) FILTER(WHERE
          "t5"."kind" = 'need_handled') + 0.500001
      ) AS BIGINT) AS "handle_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.9) FILTER(WHERE
          "t5"."kind" = 'need_handled') + 0.500001
      ) AS BIGINT) AS "handle_p90",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.5) FILTER(WHERE
          (
            "t5"."kind" = 'offer_ended'
          ) AND "t5"."tag" IN ('accepted', 'declined')) + 0.500001
      ) AS BIGINT) AS "offer_p50",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.5) FILTER(WHERE
          "t5"."kind" = 'visit_done') + 0.500001
      ) AS BIGINT) AS "visit_p50",
      COUNT(DISTINCT "t5"."subject") FILTER(WHERE
        "t5"."kind" = 'visit_done') AS "helpers_active",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.5) FILTER(WHERE
          "t5"."kind" = 'rectify_ended') + 0.500001
      ) AS BIGINT) AS "rectify_p50",
      COUNT(DISTINCT "t5"."subject") FILTER(WHERE
        "t5"."kind" = 'took_part') AS "took_part",
      COUNT(DISTINCT "t5"."subject") FILTER(WHERE
        (
          "t5"."kind" = 'took_part'
        ) AND (
          "t5"."tag" = 'asked'
        )) AS "asked_people",
      COUNT(DISTINCT "t5"."subject") FILTER(WHERE
        (
          "t5"."kind" = 'took_part'
        ) AND (
          "t5"."tag" = 'helped'
        )) AS "helped_people",
      CAST(FLOOR(
        QUANTILE_CONT("t5"."value", 0.5) FILTER(WHERE
          "t5"."kind" = 'warning_closed') + 0.500001
      ) AS BIGINT) AS "warning_p50"
    FROM (
      SELECT
        "t3".*
        REPLACE ("each_column_level" AS "at")
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
          CAST([
            SUBSTRING(
              "t0"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t0"."place") END,
              2
            ),
            SUBSTRING(
              "t0"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t0"."place") END,
              4
            ),
            SUBSTRING(
              "t0"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t0"."place") END,
              6
            ),
            SUBSTRING(
              "t0"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t0"."place") END,
              9
            ),
            SUBSTRING(
              "t0"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t0"."place") END,
              12
            )
          ] AS TEXT[]) AS "at"
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
      ) AS "t3"
      CROSS JOIN UNNEST("t3"."at") AS "each_table_level"("each_column_level")
    ) AS "t5"
    GROUP BY
      1,
      2
  ) AS "t14"
    ON "t23"."at" = "t14"."at" AND "t23"."month" = "t14"."month"
  LEFT OUTER JOIN (
    SELECT
      "t15"."at",
      "t15"."month",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('needs_live')), 0) AS "needs_live",
      COUNT("t15"."fact") AS "looked_at_registers",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('needs_late')), 0) AS "needs_late",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('helpers')), 0) AS "helpers",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('helpers_paused')), 0) AS "helpers_paused",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('helpers_certified')), 0) AS "helpers_certified",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('books')), 0) AS "books",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('book_minutes')), 0) AS "book_minutes",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('group_alone')), 0) AS "group_alone",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('paired_alone')), 0) AS "paired_alone",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('group_disabled')), 0) AS "group_disabled",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('paired_disabled')), 0) AS "paired_disabled",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('group_child')), 0) AS "group_child",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('paired_child')), 0) AS "paired_child",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('group_low_income')), 0) AS "group_low_income",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('paired_low_income')), 0) AS "paired_low_income",
      COALESCE(
        SUM("t15"."value") FILTER(WHERE
          "t15"."tag" IN ('group_alone', 'group_disabled', 'group_child', 'group_low_income')),
        0
      ) AS "groups_all",
      COALESCE(
        SUM("t15"."value") FILTER(WHERE
          "t15"."tag" IN ('paired_alone', 'paired_disabled', 'paired_child', 'paired_low_income')),
        0
      ) AS "paired_all",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('residents')), 0) AS "residents",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('aged_60')), 0) AS "aged_60",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('aged_80')), 0) AS "aged_80",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('households')), 0) AS "households",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('grids')), 0) AS "grids",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('buildings')), 0) AS "buildings",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('accounts')), 0) AS "accounts",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('guarded')), 0) AS "guarded",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('workers')), 0) AS "workers",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('grid_workers')), 0) AS "grid_workers",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('specials')), 0) AS "specials",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('sheets')), 0) AS "sheets",
      COALESCE(SUM("t15"."value") FILTER(WHERE
        "t15"."tag" IN ('consents')), 0) AS "consents"
    FROM (
      SELECT
        "t10".*
        REPLACE ("each_column_level" AS "at")
      FROM (
        SELECT
          "t8"."fact",
          "t8"."kind",
          "t8"."place",
          "t8"."told",
          "t8"."service",
          "t8"."domain",
          "t8"."grp",
          "t8"."channel",
          "t8"."tag",
          "t8"."good",
          "t8"."value",
          "t8"."subject",
          "t8"."day",
          "t8"."month",
          "t8"."occurred_at",
          "t8"."recorded_at",
          "t8"."nth",
          CAST([
            SUBSTRING(
              "t8"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t8"."place") END,
              2
            ),
            SUBSTRING(
              "t8"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t8"."place") END,
              4
            ),
            SUBSTRING(
              "t8"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t8"."place") END,
              6
            ),
            SUBSTRING(
              "t8"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t8"."place") END,
              9
            ),
            SUBSTRING(
              "t8"."place",
              CASE WHEN (
                0 + 1
              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t8"."place") END,
              12
            )
          ] AS TEXT[]) AS "at"
        FROM (
          SELECT
            "t1"."fact",
            "t1"."kind",
            "t1"."place",
            "t1"."told",
            "t1"."service",
            "t1"."domain",
            "t1"."grp",
            "t1"."channel",
            "t1"."tag",
            "t1"."good",
            "t1"."value",
            "t1"."subject",
            "t1"."day",
            "t1"."month",
            "t1"."occurred_at",
            "t1"."recorded_at",
            ROW_NUMBER() OVER (
              PARTITION BY "t1"."place", "t1"."tag", "t1"."month"
              ORDER BY "t1"."day" DESC, "t1"."fact" DESC
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) - 1 AS "nth"
          FROM (
            SELECT
              *
            FROM "facts" AS "t0"
            WHERE
              "t0"."kind" = 'stock'
          ) AS "t1"
        ) AS "t8"
        WHERE
          "t8"."nth" = 0
      ) AS "t10"
      CROSS JOIN UNNEST("t10"."at") AS "each_table_level"("each_column_level")
    ) AS "t15"
    GROUP BY
      1,
      2
  ) AS "t20"
    ON "t23"."at" = "t20"."at" AND "t23"."month" = "t20"."month"
  LEFT OUTER JOIN (
    SELECT
      "t21"."at",
      "t21"."month",
      COUNT("t21"."minutes") AS "helpers_helped",
      SUM(CAST("t21"."visits" >= 2 AS INT)) AS "helpers_again",
      SUM("t21"."minutes") AS "load_minutes",
      SUM("t21"."minutes") FILTER(WHERE
        (
          "t21"."rank" * 10
        ) < "t21"."helpers") AS "load_top",
      (
        SUM("t21"."least" * "t21"."minutes") * 2
      ) - (
        (
          MAX("t21"."helpers") + 1
        ) * SUM("t21"."minutes")
      ) AS "gini_top",
      MAX("t21"."helpers") * SUM("t21"."minutes") AS "gini_bottom"
    FROM (
      SELECT
        "t16"."at",
        "t16"."month",
        "t16"."subject",
        "t16"."minutes",
        "t16"."visits",
        ROW_NUMBER() OVER (
          PARTITION BY "t16"."at", "t16"."month"
          ORDER BY "t16"."minutes" DESC, "t16"."subject" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "rank",
        (
          ROW_NUMBER() OVER (
            PARTITION BY "t16"."at", "t16"."month"
            ORDER BY "t16"."minutes" ASC, "t16"."subject" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1
        ) + 1 AS "least",
        COUNT(*) OVER (
          PARTITION BY "t16"."at", "t16"."month"
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS "helpers"
      FROM (
        SELECT
          "t11"."at",
          "t11"."month",
          "t11"."subject",
          SUM("t11"."worth") AS "minutes",
          SUM("t11"."times") AS "visits"
        FROM (
          SELECT
            "t9".*
            REPLACE ("each_column_level" AS "at")
          FROM (
            SELECT
              "t6"."place",
              "t6"."month",
              "t6"."subject",
              "t6"."worth",
              "t6"."times",
              CAST([
                SUBSTRING(
                  "t6"."place",
                  CASE WHEN (
                    0 + 1
                  ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t6"."place") END,
                  2
                ),
                SUBSTRING(
                  "t6"."place",
                  CASE WHEN (
                    0 + 1
                  ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t6"."place") END,
                  4
                ),
                SUBSTRING(
                  "t6"."place",
                  CASE WHEN (
                    0 + 1
                  ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t6"."place") END,
                  6
                ),
                SUBSTRING(
                  "t6"."place",
                  CASE WHEN (
                    0 + 1
                  ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t6"."place") END,
                  9
                ),
                SUBSTRING(
                  "t6"."place",
                  CASE WHEN (
                    0 + 1
                  ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t6"."place") END,
                  12
                )
              ] AS TEXT[]) AS "at"
            FROM (
              SELECT
                "t2"."place",
                "t2"."month",
                "t2"."subject",
                SUM("t2"."value") AS "worth",
                COUNT("t2"."fact") AS "times"
              FROM (
                SELECT
                  *
                FROM "facts" AS "t0"
                WHERE
                  "t0"."kind" = 'visit_done' AND "t0"."subject" IS NOT NULL
              ) AS "t2"
              GROUP BY
                1,
                2,
                3
            ) AS "t6"
          ) AS "t9"
          CROSS JOIN UNNEST("t9"."at") AS "each_table_level"("each_column_level")
        ) AS "t11"
        GROUP BY
          1,
          2,
          3
      ) AS "t16"
    ) AS "t21"
    GROUP BY
      1,
      2
  ) AS "t25"
    ON "t23"."at" = "t25"."at" AND "t23"."month" = "t25"."month"
) AS "t26"
ORDER BY
  "t26"."at" ASC,
  "t26"."month" ASC
