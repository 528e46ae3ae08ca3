/**
 * The arrows of docs/ARCHITECTURE.md and the rules of style, held by ArchUnit over every production class.
 *
 * <h2>Place</h2>
 * Reads class files; nobody uses it.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link PlatformClasses} is read once and immutable.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A rule that no longer matches any class fails.
 *
 * <h2>Failure</h2>
 * An assertion names the class, the line and the rule.
 */
@NullMarked
package io.thalweg.system.architecture;

import org.jspecify.annotations.NullMarked;
