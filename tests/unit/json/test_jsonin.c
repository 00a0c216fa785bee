/* test_jsonin.c - one answer for what is absent and for what is of another kind */
#include "unit.h"

#include "json/jsonin.h"

#define MISSING 4711u /* what an output holds that nobody has written */

struct value_case {
    const char *name, *text;
    const char *wanted_text; /* NULL: no text */
    uint64_t wanted_number;
    int wanted_int;
    bool has_number, wanted_bool;
};

static const struct value_case values[] = {
    {.name = "a text is a text only",
     .text = "{\"k\":\"v\"}",
     .wanted_text = "v",
     .wanted_number = 0,
     .wanted_int = -1},
    {.name = "a number is a number only",
     .text = "{\"k\":7}",
     .wanted_number = 7,
     .wanted_int = 7,
     .has_number = true},
    {.name = "nought is a number",
     .text = "{\"k\":0}",
     .wanted_number = 0,
     .wanted_int = 0,
     .has_number = true},
    {.name = "a number larger than an int is none for descriptors",
     .text = "{\"k\":3000000000}",
     .wanted_number = 3000000000,
     .wanted_int = -1,
     .has_number = true},
    {.name = "a number below 0 is none", .text = "{\"k\":-7}", .wanted_int = -1},
    {.name = "a fraction is none", .text = "{\"k\":7.5}", .wanted_int = -1},
    {.name = "true is true",
     .text = "{\"k\":true}",
     .wanted_bool = true,
     .wanted_int = -1},
    {.name = "a list is nothing of all that",
     .text = "{\"k\":[\"v\"]}",
     .wanted_int = -1},
    {.name = "null is nothing", .text = "{\"k\":null}", .wanted_int = -1},
    {.name = "an absent key is nothing", .text = "{}", .wanted_int = -1},
    {.name = "no object is nothing", .text = "[]", .wanted_int = -1},
    {.name = "no JSON is nothing", .text = "{\"k\":", .wanted_int = -1},
    {.name = "no text is nothing", .text = "", .wanted_int = -1},
};

static void
each_kind_of_value_has_one_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        const struct value_case *c = &values[i];
        json_t *object = jsonin_object(slice_from(c->text));
        const char *text = jsonin_text(object, "k");
        uint64_t number = MISSING;

        CASE(c->name, (text == NULL) == (c->wanted_text == NULL));
        CASE(c->name, text == NULL || strcmp(text, c->wanted_text) == 0);
        CASE(c->name,
             jsonin_slice(object, "k").len == (text != NULL ? strlen(text) : 0));
        CASE(c->name, jsonin_number(object, "k") == c->wanted_number);
        CASE(c->name, jsonin_find_number(object, "k", &number) == c->has_number);
        CASE(c->name, number == (c->has_number ? c->wanted_number : MISSING));
        CASE(c->name, jsonin_int(object, "k") == c->wanted_int);
        CASE(c->name, jsonin_bool(object, "k") == c->wanted_bool);
        json_decref(object);
    }
}

static void
a_key_given_twice_is_refused_where_that_is_asked_for(void **state)
{
    static const char twice[] = "{\"k\":1,\"k\":2}";
    json_t *object = jsonin_object(slice_from(twice));

    (void)state;
    assert_int_equal(jsonin_number(object, "k"), 2);
    json_decref(object);
    assert_null(jsonin_object_once(slice_from(twice)));
}

static void
an_id_is_read_or_left_alone(void **state)
{
    json_t *object = jsonin_object(
        SLICE("{\"good\":\"01JD8Z0000000000000000000A\",\"bad\":\"01\",\"n\":1}"));
    struct id id = {{MISSING & 0xff}}, untouched = id;

    (void)state;
    assert_false(jsonin_id(object, "bad", &id));
    assert_false(jsonin_id(object, "n", &id));
    assert_false(jsonin_id(object, "none", &id));
    assert_true(id_is_equal(&id, &untouched));
    assert_true(jsonin_id(object, "good", &id));
    json_decref(object);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_value_has_one_answer),
        cmocka_unit_test(a_key_given_twice_is_refused_where_that_is_asked_for),
        cmocka_unit_test(an_id_is_read_or_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
