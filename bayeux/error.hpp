#pragma once

#include <string>
#include <string_view>

/// The protocol's errors, in the one form `code:args:text` that clients parse (wire-behaviour 2.1).
namespace bayeux::error {

inline constexpr std::string_view channel_missing = "400::channel_missing";
inline constexpr std::string_view session_unknown = "402::session_unknown";
inline constexpr std::string_view handshake_denied = "403::handshake_denied";
inline constexpr std::string_view subscription_missing = "403::subscription_missing";
inline constexpr std::string_view subscription_invalid = "403::subscription_invalid";
inline constexpr std::string_view subscribe_failed = "403::subscribe_failed";
inline constexpr std::string_view unsubscribe_failed = "403::unsubscribe_failed";
inline constexpr std::string_view message_deleted = "404::message_deleted";
inline constexpr std::string_view channel_invalid = "405::channel_invalid";
inline constexpr std::string_view message_id_invalid = "405::message_id_invalid";
/// Ours: the answer to each message behind EngineOptions::max_batch.
inline constexpr std::string_view batch_too_long = "413::batch_too_long";
/// Ours: the answer to a handshake above EngineOptions::max_sessions.
inline constexpr std::string_view too_many_sessions = "503::too_many_sessions";
/// Ours: to one while EngineOptions::max_total_queue_bytes is nearly used up.
inline constexpr std::string_view queues_full = "503::queues_full";
/// Ours: to whatever is sent while the engine goes down, but for fetching what waits.
inline constexpr std::string_view shutting_down = "503::shutting_down";
// Ours, about those who send too much: max_sessions_per_address, max_handshake_rate_per_address,
// and max_message_rate, of the session or its address.
inline constexpr std::string_view too_many_sessions_of_address = "429::too_many_sessions";
inline constexpr std::string_view too_many_handshakes = "429::too_many_handshakes";
inline constexpr std::string_view too_many_messages = "429::too_many_messages";

// The texts of a refusal, see denied().
inline constexpr std::string_view create_denied = "create_denied";
inline constexpr std::string_view channel_create_denied = "channel_create_denied";
inline constexpr std::string_view subscribe_denied = "subscribe_denied";
inline constexpr std::string_view publish_denied = "publish_denied";

// The reasons of a refusal, see denied(). An authorizer may give its own.
inline constexpr std::string_view by_security_policy = "denied_by_security_policy";
inline constexpr std::string_view by_not_granting = "denied_by_not_granting";
inline constexpr std::string_view by_timeout = "decision_timeout";                   ///< ours
inline constexpr std::string_view too_many_channels = "too_many_channels";           ///< ours
inline constexpr std::string_view too_many_subscriptions = "too_many_subscriptions"; ///< ours

inline std::string denied(std::string_view reason, std::string_view text)
{
    return std::string("403:").append(reason).append(":").append(text);
}

} // namespace bayeux::error
