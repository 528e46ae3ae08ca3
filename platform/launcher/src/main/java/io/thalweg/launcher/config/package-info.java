/**
 * The node's settings: one schema, read from defaults, files, the environment and flags, checked before anything starts.
 *
 * <h2>Place</h2>
 * Below {@code node} and {@code command}; knows no other module of the platform.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link Settings} and {@link SettingsSchema} are immutable after construction.</li>
 *   <li>{@link SettingsLoader} belongs to one thread and reads files, so it may block.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * {@link Settings} satisfies {@code thalweg.schema.json}: every key is present, of its type and within its bounds.
 *
 * <h2>Failure</h2>
 * {@link SettingsException} carries one {@link SettingsProblem} for each wrong key; nothing is half applied.
 */
@NullMarked
package io.thalweg.launcher.config;

import org.jspecify.annotations.NullMarked;
