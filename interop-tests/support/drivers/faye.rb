# Faye's client for Ruby, with the methods of driver.mjs: calls come as lines of JSON, {id, method, args}, and are
# answered by {id, result}.

require 'faye'
require 'json'

class Driver
  TRANSPORTS = %w[websocket long-polling].freeze # in the client's order: it takes the first that it can use

  def initialize
    @counts = Hash.new(0)
    @members = []
    @received = Hash.new { |received, subscription| received[subscription] = [] }
    @subscriptions = {}
    @awaited = Hash.new { |awaited, channel| awaited[channel] = [] }
  end

  # Waits until the first poll has come back.
  def connect(options, &done)
    @client = Faye::Client.new(options['url'], retry: 0.1)
    better = TRANSPORTS.take_while { |transport| transport != options['transport'] }
    better.each { |transport| @client.disable(transport) }
    @client.add_extension(self)
    @awaited['/meta/connect'] << done
    @client.connect
  end

  # What Faye asks of an extension.
  def incoming(message, callback)
    saw(message)
    callback.call(message)
    done = @awaited[message['channel']].shift if message.key?('successful')
    done&.call(message)
  end

  def subscribe(channel, &done)
    @subscriptions[channel] = @client.subscribe(channel) { |data| @received[channel] << data }
    settled(@subscriptions[channel], &done)
  end

  def unsubscribe(channel, &done)
    @awaited['/meta/unsubscribe'] << done
    @subscriptions.delete(channel).cancel
  end

  def publish(channel, data, &done)
    settled(@client.publish(channel, data), &done)
  end

  # Publishes each value when the one before it is acknowledged.
  def publish_all(channel, values, replies = [], &done)
    return done.call(replies) if values.empty?

    publish(channel, values.first) { |reply| publish_all(channel, values.drop(1), replies + [reply], &done) }
  end

  # Does the calls at once, which Faye sends together.
  def batch(calls, &done)
    replies = {}
    calls.each_with_index do |(method, *args), index|
      public_send(method, *args) do |reply|
        replies[index] = reply
        done.call(replies.sort.map(&:last)) if replies.size == calls.size
      end
    end
  end

  def received(subscription)
    yield @received[subscription]
  end

  def status
    dispatcher = @client.instance_variable_get(:@dispatcher)
    yield clientId: @client_id, transport: dispatcher.connection_type, counts: @counts, members: @members.sort
  end

  def disconnect(&done)
    @awaited['/meta/disconnect'] << done
    @client.disconnect
  end

  private

  def saw(message)
    if message['channel'].start_with?('/meta/')
      @counts[message['channel']] += 1 if message['successful']
      @client_id = message['clientId'] if message['channel'] == '/meta/handshake' && message['successful']
    elsif message.key?('data') && !message.key?('successful')
      @members |= message.keys
    end
  end

  def settled(request)
    request.callback { yield successful: true }
    request.errback { |error| yield successful: false, error: { code: error.code, message: error.message } }
  end
end

# The lines of the standard input, as they come.
class Calls < EventMachine::Connection
  include EventMachine::Protocols::LineText2

  def receive_line(line)
    call = JSON.parse(line)
    method = call['method'].gsub(/[A-Z]/) { |letter| "_#{letter.downcase}" }
    @driver ||= Driver.new
    @driver.public_send(method, *call['args']) { |result| answer(id: call['id'], result: result) }
  end

  def unbind
    EventMachine.stop
  end

  private

  def answer(answer)
    puts JSON.generate(answer)
    $stdout.flush
  end
end

EventMachine.run { EventMachine.attach($stdin, Calls) }
