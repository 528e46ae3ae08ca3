/**
 * What hosts and children say to each other, as JSON lines: the native protocol (docs/PROCESS-CONNECTORS.md) and Singer's.
 *
 * <h2>Place</h2>
 * Above {@code connectors.api}'s records; knows no process and no task.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A parser is confined to the thread that reads its child; what it returns is immutable and holds no borrowed bytes.
 *   <li>Encoders are stateless.
 * </ol>
 *
 * <h2>Invariants</h2>
 * JSON values of records are checked and copied as they are, never built and written anew. A key or value that is a JSON
 * string becomes its UTF-8, other JSON its text, as at the HTTP door.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.connectors.process.message.MessageException} says what is wrong with a line, without its content.
 */
@NullMarked
package io.thalweg.connectors.process.message;

import org.jspecify.annotations.NullMarked;
