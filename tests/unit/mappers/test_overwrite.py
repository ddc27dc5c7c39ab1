from kolleno_netsuite.mappers.overwrite import overwritten


def test_what_netsuite_had_is_given_up_and_nothing_stays_nothing():
    known = {"phone": "555", "email": False, "country_id": 5, "is_company": False}

    assert overwritten(known, flags={"is_company"}) == {
        "phone": None,
        "email": False,
        "country_id": None,
        "is_company": None,
    }


def test_record_that_was_never_booked_has_nothing_to_give_up():
    assert overwritten(None) == {}
