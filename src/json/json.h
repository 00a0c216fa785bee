/* json - the type of a JSON value, and the room's one door to jansson
 *
 * A value is jansson's json_t, counted by reference: json_incref and json_decref, which
 * take NULL too. Include this where a header only names the type; else
 *
 *   json/jsonin.h    reads what somebody else wrote: never fails, never ends the
 * program json/jsonout.h   makes and writes values: ends the program when there is no
 * memory
 *   json/jsontry.h   makes values where the program must survive that
 *
 * Names that begin with json_ are jansson's, ours begin with jsonin_ or jsonout_; so
 * one sees whose function is called. Of jansson's, json_object_get, json_array_get,
 * json_array_size and the json_is_ tests serve everywhere; the rest is better reached
 * through ours.
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <jansson.h>

#endif
