/**
 * Single message transforms: small changes of records between a connector and the log.
 *
 * <h2>Place</h2>
 * Vert.x JSON and the connectors' API alone. Named in configurations by Kafka Connect's class names and keys.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A {@link io.thalweg.connectors.runtime.transform.TransformChain} is confined to one task's runner.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A transform is a function of its record alone: a source that repeats itself gets the same records again.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.connectors.runtime.convert.ConversionException}: the record does not fit; what follows is up to
 * {@code errors.tolerance}. {@code IllegalArgumentException} when a chain is made: the configuration is wrong.
 */
@NullMarked
package io.thalweg.connectors.runtime.transform;

import org.jspecify.annotations.NullMarked;
