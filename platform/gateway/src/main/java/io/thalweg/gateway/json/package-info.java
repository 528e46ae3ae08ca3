/**
 * What a record looks like as JSON, for every door that speaks JSON.
 *
 * <h2>Place</h2>
 * Below the HTTP and event-bus doors; above {@code client}'s records. Bytes in, bytes out: a JSON value that was
 * published is stored as the very text that was sent, never parsed and printed again, so numbers keep their digits and
 * objects their order.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.gateway.json.RecordJsonParser} and {@link io.thalweg.gateway.json.JsonWriter} belong to one
 *       thread at a time.
 *   <li>Everything else is stateless.
 * </ol>
 *
 * <h2>Invariants</h2>
 * Reading is a function of the stored bytes alone, so a record reads the same through each door whoever published it
 * ({@link io.thalweg.gateway.json.ValueType#of}):
 * <ol>
 *   <li>no value (a tombstone): type {@code null};
 *   <li>a JSON object, array, number or boolean without white space around it: type {@code json}, the text verbatim;
 *   <li>else valid UTF-8: type {@code string};
 *   <li>else type {@code base64}.
 * </ol>
 * Publishing without a type stores a JSON string as its plain UTF-8 (Kafka clients see {@code abc}, not
 * {@code "abc"}), null as a tombstone, and any other JSON value as its text. With a type it stores exactly that. What was
 * read, published again with the types that it came with, is byte for byte the same record.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.log.error.ThalwegException} with INVALID_REQUEST or INVALID_RECORD that says where and what.
 */
@NullMarked
package io.thalweg.gateway.json;

import org.jspecify.annotations.NullMarked;
