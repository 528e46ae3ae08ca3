/**
 * Converters: values of records to bytes and back.
 *
 * <h2>Place</h2>
 * Vert.x JSON alone. Named in configurations by Kafka Connect's class names or a short name.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Converters are immutable; any thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A {@code byte[]} from a source passes every converter as it is; null becomes null and back.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.connectors.runtime.convert.ConversionException}: the record is at fault, not the connector; what
 * follows is up to {@code errors.tolerance}.
 */
@NullMarked
package io.thalweg.connectors.runtime.convert;

import org.jspecify.annotations.NullMarked;
