/**
 * Names and settings of topics and brokers, with Kafka's names, defaults and limits.
 *
 * <h2>Place</h2>
 * Above {@code log}, whose settings it makes; used by {@code metadata} and by the broker itself.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything is immutable and pure.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * What {@link io.thalweg.broker.topic.TopicSettings#validate} accepted, {@link io.thalweg.broker.topic.TopicSettings#logConfig}
 * turns into a log's settings without failing.
 *
 * <h2>Failure</h2>
 * INVALID_CONFIG and INVALID_TOPIC_EXCEPTION, naming the key, what was found and what is allowed.
 */
@NullMarked
package io.thalweg.broker.topic;

import org.jspecify.annotations.NullMarked;
